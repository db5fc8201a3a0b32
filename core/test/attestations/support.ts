import { signStatement } from "../../src/bundle/index.ts";
import type { TrustPolicy } from "../../src/trust/index.ts";
import {
  bundle,
  createKey,
  foreignStatement,
  type JudgeOptions,
  judge,
  policyOf,
  type TestKey,
} from "../support.ts";

export const ci = createKey();
export const scanner = createKey();
export const stranger = createKey();

/** A signed in-toto statement about the code of the tests. */
export async function attest(type: string, predicate: unknown, signer: TestKey = ci): Promise<Buffer> {
  return Buffer.from(await signStatement(foreignStatement(type, predicate), signer));
}

/** The code must be signed by `ci`, and this be attested besides. */
export function policyWith(...attestations: readonly object[]): TrustPolicy {
  return policyOf({
    authorities: { ci: { key: ci.pem }, scanner: { key: scanner.pem } },
    rules: [{ signedBy: "ci", attestations }],
  });
}

/** What the signed code comes to with these bundles besides: a code, or the status where it passes; and why. */
export async function judged(
  policy: TrustPolicy,
  bundles: readonly Buffer[],
  options: JudgeOptions = {},
): Promise<{ readonly code: string; readonly reason: string }> {
  const verdict = await judge(policy, [await bundle(ci), ...bundles], options);
  return "code" in verdict
    ? { code: verdict.code, reason: verdict.reason }
    : { code: verdict.status, reason: "" };
}
