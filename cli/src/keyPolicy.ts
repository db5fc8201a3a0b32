import { resolve } from "node:path";
import { parsePublicKey } from "@fnseal/core/keys/publicKey";
import type { KeyAuthority, TrustPolicy } from "@fnseal/core/trust";
import { usageError } from "./errors.ts";
import { readTextFile } from "./files.ts";

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
