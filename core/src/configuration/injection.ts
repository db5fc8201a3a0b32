import { matchesGlob } from "../statement/glob.ts";
import { isInScope, type Target } from "../trust/match.ts";
import type { AllowedVariable, TrustPolicy } from "../trust/types.ts";
import type { Verdict } from "../verify/verdict.ts";
import { INJECTING } from "./injectingVariables.ts";
import type { Configuration } from "./types.ts";

/** What is to be judged. */
export interface InjectionCase {
  readonly target: Target;
  readonly environment: Configuration["environment"];
  /** Whether a signature that counts binds the values; then its signer has approved them. */
  readonly isSealed: boolean;
}

/**
 * Judges whether environment variables bring in code that nobody signed. It is about every function that the trust
 * policy is about; the verdict has no bundles.
 */
export function judgeInjection(input: InjectionCase, policy: TrustPolicy, now: Date): Verdict {
  const { target, environment, isSealed } = input;
  const common = { target, digests: {}, bundles: [], searched: [], notices: [] };
  const applicable = policy.rules.filter(({ scope }) => isInScope(scope, target) !== false);
  const isNobodys = applicable.length === 0 && policy.noRuleMatches === "allow";
  if (isSealed || isNobodys) return { ...common, status: "verified" };
  const failure = failureOf(target, environment, policy);
  if (!failure) return { ...common, status: "verified" };
  const exception = policy.exceptions.find(
    ({ scope, until }) => now < until && isInScope(scope, target) === true,
  );
  if (exception) {
    const message = `let pass until ${exception.until.toISOString()} (${exception.reason}), though ${failure.reason}`;
    return { ...common, notices: [{ code: "exempt", message }], status: "exempt" };
  }
  return { ...common, ...failure, unmet: applicable };
}

type Failure = Pick<Extract<Verdict, { code: unknown }>, "status" | "code" | "reason">;

function failureOf(
  target: Target,
  environment: Configuration["environment"],
  { allowedEnvironment }: TrustPolicy,
): Failure | undefined {
  if (environment === undefined) {
    const reason = "whether environment variables change what code runs is not known: they are not known";
    return { status: "undecided", code: "configuration-unknown", reason };
  }
  const open: string[] = [];
  const refused: string[] = [];
  for (const name of Object.keys(environment).sort()) {
    const variable = INJECTING.get(name);
    if (!variable) continue;
    const isAllowed = allowed(name, environment[name], target, allowedEnvironment);
    if (isAllowed === undefined) open.push(name);
    else if (!isAllowed) refused.push(`${name} (${variable.reader}: ${variable.effect})`);
  }
  if (refused.length > 0) {
    const reason = `the environment has ${refused.join(", ")}`;
    return { status: "rejected", code: "code-injection", reason };
  }
  if (open.length === 0) return undefined;
  const reason = `whether ${open.join(", ")} may be set depends on what is not known yet`;
  return { status: "undecided", code: "configuration-unknown", reason };
}

/** `undefined` where it depends on something unknown. */
function allowed(
  name: string,
  value: string | undefined,
  target: Target,
  entries: readonly AllowedVariable[],
): boolean | undefined {
  const results = entries
    .filter(({ variable }) => matchesGlob(variable, name))
    .map(({ scope, values }): boolean | undefined => {
      const applies = isInScope(scope, target);
      if (applies === false || values === undefined) return applies;
      if (value === undefined) return undefined;
      return values.includes(value) ? applies : false;
    });
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}
