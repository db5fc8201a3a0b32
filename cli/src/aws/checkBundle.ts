import {
  type Candidate,
  judgeLoneBundle,
  type LoneBundle,
  type LoneVerdict,
  type ParsedBundle,
  type Rule,
  type Target,
  type TrustPolicy,
} from "@fnseal/core";

/**
 * Whether a bundle would count under a rule of the trust policy, whichever functions that is about. A mistake is to be found
 * when it is pushed, not when the function is blocked; the verifier judges anew, with the code and the configuration.
 */
export async function checkBundle(
  candidate: Candidate & { readonly bytes: Buffer },
  bundle: ParsedBundle,
  policy: TrustPolicy,
  now: () => Date,
): Promise<LoneVerdict> {
  if (bundle.kind === "message") {
    const reason =
      "it signs a file's bytes, and they are not here: verify it with the file (`fnseal verify FILE --bundle …`), then push with --no-verify";
    return { status: "undecided", code: "bundle-payload-unknown", reason };
  }
  const target = targetOf(bundle);
  const rules = policy.rules.map(forAll);
  const sealed = bundle.statement.code?.configuration;
  let failure: LoneVerdict | undefined;
  for (const { digests } of bundle.statement.subjects) {
    const verdict = await judgeLoneBundle(
      { candidate, digests, target, sealed, ...formOf(bundle) },
      rules,
      policy,
      now,
    );
    if (verdict.status === "accepted") return verdict;
    failure ??= verdict;
  }
  return failure ?? { status: "rejected", code: "statement-no-subject", reason: "it is about nothing" };
}

/** The rule as one about all of the kinds that it is about. */
function forAll(rule: Rule): Rule {
  const { functions, layers, files, programs } = rule.scope;
  const code = functions.length > 0 || layers.length > 0 ? ["*"] : [];
  const scope = {
    ...{ functions: code, layers: code, files: files && ["*"], programs: programs && ["*/*"] },
    ...{ regions: undefined, accounts: undefined, tags: undefined },
  };
  return { ...rule, scope };
}

/** A name that the statement is for. */
function targetOf(bundle: Extract<ParsedBundle, { kind: "dsse" }>): Target {
  const { code, file, program } = bundle.statement;
  if (file) return { kind: "file", name: nameFor(file.files) };
  if (program)
    return { kind: "program", name: nameFor(program.programs.map((one) => one.replaceAll("*", "x"))) };
  const { functions = [], layers = [] } = code ?? {};
  const kind = functions.length > 0 || layers.length === 0 ? "function" : "layer";
  return { kind, name: nameFor(kind === "function" ? functions : layers) };
}

function nameFor([pattern = "*"]: readonly string[]): string {
  return pattern.replaceAll("*", "").replaceAll("?", "x") || "x";
}

function formOf({
  statement,
}: Extract<ParsedBundle, { kind: "dsse" }>): Pick<LoneBundle, "shape" | "selection"> {
  const { file, program } = statement;
  if (!program) return { shape: file ? "file" : "zip" };
  return { shape: "program", selection: { include: program.include, exclude: program.exclude } };
}
