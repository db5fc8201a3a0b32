import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FnsealError, loadTrustPolicy, type TrustPolicy } from "@fnseal/core";
import type { Settings } from "../model/settings.ts";
import { type Identity, parseEnvironment } from "./environment.ts";
import { parseSettings } from "./settings.ts";

/** Names of the files that the component puts beside the Lambda's code. */
export const SETTINGS_FILE = "settings.json";
export const TRUST_POLICY_FILE = "trust-policy.json";

/** Everything that decides what the verifier does, read once. */
export interface Configuration extends Identity {
  readonly policy: TrustPolicy;
  /**
   * SHA-256 of whatever decides verdicts, actions and scope. A judgement under another one is none, and its first sweep
   * blocks nothing.
   */
  readonly policyHash: string;
  readonly settings: Settings;
}

/**
 * @param folder where the Lambda's code lies
 * @throws FnsealError `verifier-misconfigured`; TrustPolicyError
 */
export function loadConfiguration(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Configuration {
  const text = read(folder, TRUST_POLICY_FILE);
  const policy = loadTrustPolicy(parseJson(text, TRUST_POLICY_FILE), {
    where: TRUST_POLICY_FILE,
    readText: (path) => {
      throw new FnsealError(
        "verifier-misconfigured",
        `${TRUST_POLICY_FILE} names the file ${path}; in the verifier everything must be in place`,
      );
    },
  });
  const settings = parseSettings(parseJson(read(folder, SETTINGS_FILE), SETTINGS_FILE), SETTINGS_FILE);
  const { actions, scope } = settings;
  const policyHash = createHash("sha256")
    .update(JSON.stringify([text, actions, scope]))
    .digest("hex");
  return { ...parseEnvironment(env), policy, policyHash, settings };
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (cause) {
    throw new FnsealError("verifier-misconfigured", `${name} is not beside the verifier's code`, { cause });
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FnsealError("verifier-misconfigured", `${name} is not JSON`, { cause });
  }
}
