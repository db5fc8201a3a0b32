import type { Code } from "../codes/index.ts";
import { type AsSealed, asSealed } from "../configuration/asSealed.ts";
import type { SealedConfiguration } from "../configuration/sealed.ts";
import type { Artifact, DigestSet } from "../digest/types.ts";
import type { Candidate } from "../store/types.ts";
import type { Target } from "../trust/match.ts";
import type { Rule, TrustPolicy } from "../trust/types.ts";
import { createJudge } from "./judge.ts";
import type { Verdict } from "./verdict.ts";

/** What can be said of a bundle without the code that it is for. */
export type LoneVerdict =
  | { readonly status: "accepted"; readonly by: string }
  | { readonly status: "rejected" | "undecided"; readonly code: Code; readonly reason: string };

export interface LoneBundle {
  readonly candidate: Candidate & { readonly bytes: Buffer };
  /** Of one of its subjects. */
  readonly digests: DigestSet;
  /** What was signed; by default a zip. */
  readonly shape?: Artifact["shape"];
  readonly selection?: Artifact["selection"];
  readonly target: Target;
  /** What its own statement seals: what the function runs with is judged where that is known. */
  readonly sealed?: SealedConfiguration | undefined;
}

/**
 * Whether a bundle would count under one of the rules: signed by one of its signers, not expired, not revoked, of a type that
 * it accepts, and saying what it asks. Other signers and attestations that the trust policy wants besides may come in bundles
 * of their own, so one that counts need not be enough. Exceptions count for nothing: they are not what the bundle did.
 *
 * @param rules those to be tried, which are about the target as far as their scope says so
 */
export async function judgeLoneBundle(
  { candidate, digests, shape = "zip", selection, target, sealed }: LoneBundle,
  rules: readonly Rule[],
  policy: TrustPolicy,
  now?: () => Date,
): Promise<LoneVerdict> {
  const artifact: Artifact = {
    shape,
    digests,
    ...(selection && { selection }),
    refusals: [],
    files: 0,
    bytes: 0,
  };
  const found = { candidates: [candidate], searched: [] };
  const { verifyMac, ...about }: Partial<AsSealed> = sealed ? asSealed(sealed) : {};
  let failure: LoneVerdict | undefined;
  for (const rule of rules) {
    const judge = createJudge(aloneUnder(rule, policy), now, { verifyMac });
    const verdict = await judge.judge({ target, artifact, found, ...about });
    if (verdict.status === "verified") return { status: "accepted", by: signerOf(verdict) };
    if ("code" in verdict) failure = better(failure, verdict);
  }
  return failure ?? { status: "rejected", code: "no-rule-matches", reason: "the trust policy has no rule" };
}

/** The rule alone, and content with one signer: others may sign in bundles of their own. */
function aloneUnder(rule: Rule, policy: TrustPolicy): TrustPolicy {
  const signedBy = { ...rule.signedBy, atLeast: 1 };
  return { ...policy, rules: [{ ...rule, signedBy }], noRuleMatches: "reject", exceptions: [] };
}

/** Codes that say little, the least telling first: all others say more. */
const LITTLE: readonly Code[] = [
  "no-rule-matches",
  "attestation-missing",
  "type-not-accepted",
  "signer-not-trusted",
];

/** Of several rules the one that it comes nearest to says why: another rule's signer explains nothing. */
function better(known: LoneVerdict | undefined, next: Extract<Verdict, { code: unknown }>): LoneVerdict {
  const { status, code, reason } = next;
  const weight = (one: Code): number => (LITTLE.includes(one) ? LITTLE.indexOf(one) : LITTLE.length);
  if (known && "code" in known && weight(known.code) >= weight(code)) return known;
  return { status, code, reason };
}

function signerOf({ bundles }: Verdict): string {
  const accepted = bundles.find(({ code }) => code === "accepted");
  return accepted?.authority ?? accepted?.signer ?? "";
}
