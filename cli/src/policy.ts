import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FnsealError } from "@fnseal/core/errors";
import { assertConditions, loadTrustPolicy, type TrustPolicy } from "@fnseal/core/trust";
import { reasonOf } from "./errors.ts";
import { readTextFile } from "./files.ts";

export { USUAL_POLICY, usualPolicy } from "./usualPolicy.ts";

/**
 * Reads a trust policy; paths inside it are relative to its own folder.
 *
 * @throws FnsealError `trust-policy-unreadable`; TrustPolicyError `trust-policy-invalid`
 */
export async function readTrustPolicy(cwd: string, file: string): Promise<TrustPolicy> {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new FnsealError(
      "trust-policy-unreadable",
      `cannot read the trust policy ${file}: ${reasonOf(cause)}`,
      { cause },
    );
  }
  const policy = loadTrustPolicy(text, {
    where: file,
    readText: (named) => readTextFile(resolve(dirname(path), named), "the file"),
  });
  await assertConditions(policy, file);
  return policy;
}
