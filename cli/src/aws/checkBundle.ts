import {
  type Artifact,
  type Candidate,
  type Code,
  createJudge,
  type DigestSet,
  type ParsedBundle,
  type Rule,
  type Target,
  type TrustPolicy,
  type Verdict,
} from "@fnseal/core";

/** What can be said of a bundle without the code that it is for. */
export type BundleCheck =
  | { readonly status: "accepted"; readonly by: string }
  | { readonly status: "rejected" | "undecided"; readonly code: Code; readonly reason: string };

/**
 * Whether a bundle would count under a rule of the trust policy, whichever functions that is about: signed by one of
 * its signers, not expired, not revoked, of an accepted type. A mistake is to be found when it is pushed, not when
 * the function is blocked; the verifier judges anew and with the code.
 */
export async function checkBundle(
  candidate: Candidate & { readonly bytes: Buffer },
  bundle: ParsedBundle,
  policy: TrustPolicy,
  now: () => Date,
): Promise<BundleCheck> {
  if (bundle.kind === "message") {
    const reason =
      "it signs a file's bytes, and they are not here: verify it with the file (`fnseal verify FILE --bundle …`), then push with --no-verify";
    return { status: "undecided", code: "bundle-payload-unknown", reason };
  }
  let failure: BundleCheck | undefined;
  for (const { digests } of bundle.statement.subjects) {
    for (const rule of policy.rules) {
      const verdict = await createJudge(forAll(rule, policy), now).judge({
        target: targetOf(bundle),
        artifact: artifactOf(digests),
        found: { candidates: [candidate], searched: [] },
      });
      if (verdict.status === "verified") return { status: "accepted", by: signerOf(verdict) };
      if ("code" in verdict) failure = better(failure, verdict);
    }
  }
  return failure ?? { status: "rejected", code: "no-rule-matches", reason: "the trust policy has no rule" };
}

/** The rule alone, about every function, and content with one signer: others may sign in bundles of their own. */
function forAll(rule: Rule, policy: TrustPolicy): TrustPolicy {
  const scope = { functions: ["*"], layers: ["*"], regions: undefined, accounts: undefined, tags: undefined };
  const signedBy = { ...rule.signedBy, atLeast: 1 };
  return { ...policy, rules: [{ ...rule, scope, signedBy }], noRuleMatches: "reject", exceptions: [] };
}

/** Of several rules the one that it comes nearest to says why: another rule's signer explains nothing. */
function better(known: BundleCheck | undefined, next: Extract<Verdict, { code: unknown }>): BundleCheck {
  const { status, code, reason } = next;
  const isKnownTelling = known !== undefined && "code" in known && known.code !== "signer-not-trusted";
  return isKnownTelling ? known : { status, code, reason };
}

/** A name that the statement is for. */
function targetOf(bundle: Extract<ParsedBundle, { kind: "dsse" }>): Target {
  const { functions = [], layers = [] } = bundle.statement.code ?? {};
  const kind = functions.length > 0 || layers.length === 0 ? "function" : "layer";
  const [pattern = "*"] = kind === "function" ? functions : layers;
  return { kind, name: pattern.replaceAll("*", "").replaceAll("?", "x") || "x" };
}

function artifactOf(digests: DigestSet): Artifact {
  return { shape: "zip", digests, refusals: [], files: 0, bytes: 0 };
}

function signerOf({ bundles }: Verdict): string {
  const accepted = bundles.find(({ code }) => code === "accepted");
  return accepted?.authority ?? accepted?.signer ?? "";
}
