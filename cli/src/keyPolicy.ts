import { resolve } from "node:path";
import { isKeyUri, parseKmsReference } from "@fnseal/core/keys/kmsReference";
import { parsePublicKey, type PublicKey } from "@fnseal/core/keys/publicKey";
import type { KeyAuthority, TrustPolicy } from "@fnseal/core/trust";
import type { Environment } from "./environment.ts";
import { usageError } from "./errors.ts";
import { readTextFile } from "./files.ts";

/** What signatures by the keys must say. */
export interface Accepted {
  /** What counts as approval; without it `fnseal`. */
  readonly accept?: readonly string[] | undefined;
  /** What a program's signature may leave out. */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * The policy that `--key` stands for: signed by any of these keys, for whatever function, layer, file or program.
 *
 * @param named files of public keys, or keys in a KMS, of which the public half is fetched
 * @throws FnsealError `file-unreadable`, `key-…`, `kms-…`, `aws-…`, `usage-invalid`
 */
export async function policyOfKeys(
  environment: Pick<Environment, "cwd" | "env">,
  named: readonly string[],
  { accept = [], exclude }: Accepted = {},
): Promise<TrustPolicy> {
  for (const type of accept) {
    if (type !== "fnseal" && type !== "message-signature" && !URL.canParse(type)) {
      throw usageError(
        `--accept ${JSON.stringify(type)} must be fnseal, message-signature or a predicate type (a URI)`,
      );
    }
  }
  const authorities = new Map<string, KeyAuthority>();
  for (const name of named) {
    const key = await readPublicKey(environment, name);
    authorities.set(key.fingerprint, { kind: "key", name, keys: [key] });
  }
  const of = [...authorities.values()];
  return {
    authorities,
    rules: [
      {
        name: "--key",
        scope: {
          ...{ functions: ["*"], layers: ["*"], files: ["*"], programs: ["*/*"] },
          ...{ regions: undefined, accounts: undefined, tags: undefined },
        },
        allowedExclusions: exclude,
        signedBy: { atLeast: 1, of },
        accept: new Set(accept.length > 0 ? accept : ["fnseal"]),
        maximumAge: undefined,
        transparencyLog: undefined,
        timestamp: undefined,
        onExpired: "reject",
        requireSeal: [],
      },
    ],
    noRuleMatches: "reject",
    exceptions: [],
    revocations: [],
    trustedLayers: [],
    allowedEnvironment: [],
    sealKeys: [],
    trustedRoot: undefined,
  };
}

async function readPublicKey(
  environment: Pick<Environment, "cwd" | "env">,
  name: string,
): Promise<PublicKey> {
  if (!isKeyUri(name)) {
    return parsePublicKey(readTextFile(resolve(environment.cwd, name), "the public key"), name);
  }
  // Loaded where it is needed: a key in a file is verified without it.
  const reference = parseKmsReference(name);
  const { fromAws } = await import("./aws/load.ts");
  return fromAws((aws) => aws.kmsPublicKey(environment, reference));
}
