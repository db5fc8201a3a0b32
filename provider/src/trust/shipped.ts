import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  conditionProblems,
  loadTrustPolicy,
  messageOf,
  parseKmsReference,
  type TrustPolicy,
  TrustPolicyError,
} from "@fnseal/core";
import { compileCondition } from "@fnseal/core/attestations/condition";
import { parse } from "yaml";
import { inlineFiles } from "../../../verifier/src/config/inlineFiles.ts";

/** A trust policy as the Lambda carries it: no file and no network is needed to read it. */
export interface ShippedPolicy {
  /** JSON, the same for the same policy however it was written. */
  readonly text: string;
  /** Whether a rule can make the verifier block, tag. The verifier's own actions are not looked at. */
  readonly rulesCan: { readonly block: boolean; readonly detect: boolean };
  /** ARNs of the KMS keys that sealed values are verified with. */
  readonly sealKeyArns: readonly string[];
}

/**
 * Reads a trust policy and puts in what it names by path: keys and the trusted root.
 *
 * @param source an object, YAML or JSON text, or the path of a file; paths are relative to the working folder, paths in a
 *   file to its own
 * @throws FnsealError (`trust-policy-invalid`) with every problem; Error where the file cannot be read
 */
export function shipped(source: string | object): ShippedPolicy {
  const { content, where, folder } = open(source);
  const read = (path: string): string => readFileSync(resolve(folder, path), "utf8");
  const problems = conditionProblems(loadTrustPolicy(content, { where, readText: read }), compileCondition);
  if (problems.length > 0) throw new TrustPolicyError(where, problems);
  const document: unknown = typeof content === "string" ? parse(content, { maxAliasCount: 0 }) : content;
  const inlined = inlineFiles(document, read);
  // Read again as the Lambda will: whatever still needs a file fails now, not there.
  const policy = loadTrustPolicy(inlined, { where, readText: refuse });
  return { text: JSON.stringify(inlined), rulesCan: abilities(policy), sealKeyArns: arnsOf(policy) };
}

function open(source: string | object): { content: unknown; where: string; folder: string } {
  const here = process.cwd();
  if (typeof source !== "string") return { content: source, where: "trustPolicy", folder: here };
  if (/[\n{]/.test(source)) return { content: source, where: "trustPolicy", folder: here };
  try {
    return { content: readFileSync(source, "utf8"), where: source, folder: dirname(resolve(source)) };
  } catch (cause) {
    throw new Error(`trustPolicy: the file ${source} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function abilities(policy: TrustPolicy): ShippedPolicy["rulesCan"] {
  const has = (action: "block" | "detect"): boolean =>
    policy.rules.some((rule) => rule.runtime?.actions?.includes(action) === true);
  return { block: has("block"), detect: has("detect") };
}

function arnsOf({ sealKeys }: TrustPolicy): readonly string[] {
  return sealKeys.map((uri) => parseKmsReference(uri).keyId);
}

function refuse(path: string): string {
  throw new Error(`${path} should have been put in`);
}
