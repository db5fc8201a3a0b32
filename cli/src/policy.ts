import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FnsealError } from "@fnseal/core/errors";
import type { TrustPolicy } from "@fnseal/core/trust";
import { loadUsualPolicy } from "@fnseal/core/trust/usual";
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
  const readText = (named: string): string => readTextFile(resolve(dirname(path), named), "the file");
  const usual = loadUsualPolicy(text, { where: file, readText });
  if (usual) return usual;
  // The readers of YAML and of patterns, the schema: loading them takes as long as hashing a zip of 50 MB.
  const { assertConditions, loadTrustPolicy } = await import("@fnseal/core/trust");
  const policy = loadTrustPolicy(text, { where: file, readText });
  await assertConditions(policy, file);
  return policy;
}
