import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  FnsealError,
  type KeyAuthority,
  loadTrustPolicy,
  parsePublicKey,
  type TrustPolicy,
} from "@fnseal/core";
import { reasonOf, usageError } from "./errors.ts";
import { readTextFile } from "./files.ts";

/** Where `fnseal init` puts it. */
export const USUAL_POLICY = "fnseal/trust-policy.yaml";

/**
 * Reads a trust policy; paths inside it are relative to its own folder.
 *
 * @throws FnsealError `trust-policy-unreadable`; TrustPolicyError `trust-policy-invalid`
 */
export function readTrustPolicy(cwd: string, file: string): TrustPolicy {
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
  return loadTrustPolicy(text, {
    where: file,
    readText: (named) => readTextFile(resolve(dirname(path), named), "the file"),
  });
}

/** What the trust policy is when none is named. @throws FnsealError `usage-invalid` */
export function usualPolicy(cwd: string): string {
  if (existsSync(resolve(cwd, USUAL_POLICY))) return USUAL_POLICY;
  throw usageError(
    `nothing says who may sign: name --trust-policy FILE or --key PUBLIC (there is no ${USUAL_POLICY})`,
  );
}

/**
 * The policy that `--key` stands for: signed by any of these keys, for whatever function or layer.
 *
 * @param accept what counts as approval; `fnseal` where it is empty
 * @throws FnsealError `file-unreadable`, `key-…`, `usage-invalid`
 */
export function policyOfKeys(cwd: string, files: readonly string[], accept: readonly string[]): TrustPolicy {
  for (const type of accept) {
    if (type !== "fnseal" && type !== "message-signature" && !URL.canParse(type)) {
      throw usageError(
        `--accept ${JSON.stringify(type)} must be fnseal, message-signature or a predicate type (a URI)`,
      );
    }
  }
  const authorities = new Map<string, KeyAuthority>();
  for (const file of files) {
    const key = parsePublicKey(readTextFile(resolve(cwd, file), "the public key"), file);
    authorities.set(key.fingerprint, { kind: "key", name: file, keys: [key] });
  }
  const of = [...authorities.values()];
  return {
    authorities,
    rules: [
      {
        name: "--key",
        scope: { functions: ["*"], layers: ["*"], regions: undefined, accounts: undefined, tags: undefined },
        signedBy: { atLeast: 1, of },
        accept: new Set(accept.length > 0 ? accept : ["fnseal"]),
        maximumAge: undefined,
        transparencyLog: undefined,
        timestamp: undefined,
        onExpired: "reject",
      },
    ],
    noRuleMatches: "reject",
    exceptions: [],
    revocations: [],
    trustedLayers: [],
    trustedRoot: undefined,
  };
}
