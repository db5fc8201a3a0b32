import { messageOf } from "../errors.ts";
import { type Problem, TrustPolicyError } from "./problems.ts";
import type { TrustPolicy } from "./types.ts";

/**
 * What is wrong with a trust policy's conditions, found when it is read and not when the first attestation is judged.
 *
 * @param compile reads one condition, and throws where it is wrong
 */
export function conditionProblems(policy: TrustPolicy, compile: (cel: string) => unknown): Problem[] {
  return policy.rules.flatMap(({ name, attestation }) =>
    (attestation?.conditions ?? []).flatMap(({ cel }) => {
      try {
        compile(cel);
        return [];
      } catch (thrown) {
        return [{ path: name, message: `the condition ${JSON.stringify(cel)} ${messageOf(thrown)}` }];
      }
    }),
  );
}

/**
 * Reads a trust policy's conditions. The evaluator is only loaded where there are any.
 *
 * @throws TrustPolicyError (`trust-policy-invalid`) with every condition that is wrong
 */
export async function assertConditions(policy: TrustPolicy, where: string): Promise<void> {
  if (policy.rules.every(({ attestation }) => (attestation?.conditions.length ?? 0) === 0)) return;
  const { compileCondition } = await import("../attestations/condition.ts");
  const problems = conditionProblems(policy, compileCondition);
  if (problems.length > 0) throw new TrustPolicyError(where, problems);
}
