import { sign } from "node:crypto";
import { promisify } from "node:util";
import { bundleToJSON, toDSSEBundle } from "@sigstore/bundle";
import type { PublicKey, SigningKey } from "../keys/index.ts";
import { preAuthEncoding } from "./dsse.ts";
import { IN_TOTO_PAYLOAD_TYPE } from "../statement/index.ts";

/** A key that signs without being here, as one in a KMS. */
export interface RemoteKey {
  readonly publicKey: PublicKey;
  /** Signs with the first of `publicKey.hashes`; an ECDSA signature is in DER, RSA is PKCS #1 v1.5. */
  readonly sign: (message: Buffer) => Promise<Buffer>;
}

/**
 * Signs a statement with a key and wraps it as a Sigstore bundle v0.3.
 *
 * @returns the bundle's JSON on one line with a line feed, so that files of bundles can be joined to `.jsonl`
 */
export async function signStatement(statement: string, key: SigningKey | RemoteKey): Promise<string> {
  const payload = Buffer.from(statement);
  const encoded = preAuthEncoding(IN_TOTO_PAYLOAD_TYPE, payload);
  const { hint, hashes } = key.publicKey;
  const signature =
    "privateKey" in key
      ? await promisify(sign)(hashes[0] ?? null, encoded, key.privateKey)
      : await key.sign(encoded);
  const bundle = toDSSEBundle({
    artifact: payload,
    artifactType: IN_TOTO_PAYLOAD_TYPE,
    signature,
    keyHint: hint,
  });
  // cosign passes over a signature whose keyid is not go-securesystemslib's own name for the key; none is tried.
  for (const envelopeSignature of bundle.content.dsseEnvelope.signatures) envelopeSignature.keyid = "";
  return `${JSON.stringify(bundleToJSON(bundle))}\n`;
}
