import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FnsealError, loadTrustPolicy, type TrustPolicy } from "@fnseal/core";
import { canonical } from "../canonical.ts";
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
  const document = parseJson(read(folder, TRUST_POLICY_FILE), TRUST_POLICY_FILE);
  const policy = loadTrustPolicy(document, {
    where: TRUST_POLICY_FILE,
    readText: (path) => {
      throw new FnsealError(
        "verifier-misconfigured",
        `${TRUST_POLICY_FILE} names the file ${path}; in the verifier everything must be in place`,
      );
    },
  });
  const settings = parseSettings(parseJson(read(folder, SETTINGS_FILE), SETTINGS_FILE), SETTINGS_FILE);
  return { ...parseEnvironment(env), policy, policyHash: hashOf(document, settings), settings };
}

/** Another way of judging, though settings and trust policy stay as they are, is another number here. */
const JUDGEMENT = 2;

/**
 * Not in it: regions, which have sweeps of their own; breaker, budget, time limits and the address of the
 * documentation, which change no verdict; and in what order or layout things were written.
 */
function hashOf(document: unknown, { actions, blockAlso = [], scope, download }: Settings): string {
  const tags = Object.entries(scope.tags).map(([name, values]) => [name, sorted(values)] as const);
  const text = canonical({
    judgement: JUDGEMENT,
    document,
    actions: sorted(actions),
    blockAlso: sorted(blockAlso),
    scope: { include: sorted(scope.include), exclude: sorted(scope.exclude), tags: Object.fromEntries(tags) },
    bytes: download.bytes,
  });
  return createHash("sha256").update(text).digest("hex");
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
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
