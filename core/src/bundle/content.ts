import { createHash, createVerify, verify } from "node:crypto";
import { dsse } from "@sigstore/core";
import { FnsealError } from "../errors.ts";
import type { PublicKey } from "../keys/index.ts";
import type { ParsedBundle } from "./parse.ts";

/** A file's bytes, read anew at each call: a message signature is over them all. */
export type ReadBytes = () => AsyncIterable<Uint8Array>;

/** What a signature is over. */
export interface SignedBytes {
  /** SHA-256 of the file, lower-case hex. Only a file has message signatures. */
  readonly sha256: string | undefined;
  readonly read: ReadBytes | undefined;
}

/**
 * Whether a key made the bundle's signature over the statement, or over the file's bytes.
 *
 * @throws FnsealError `artifact-changed` where the file is no longer the one that was hashed
 */
export async function isSignedBy(bundle: ParsedBundle, key: PublicKey, file: SignedBytes): Promise<boolean> {
  if (bundle.kind === "dsse") {
    const encoded = dsse.preAuthEncoding(bundle.payloadType, bundle.payload);
    return key.hashes.some((hash) => verify(hash, encoded, key.key, bundle.signature));
  }
  for (const hash of key.hashes) {
    if (hash !== null && (await isFileSignedBy(bundle.signature, key, hash, file))) return true;
  }
  return false;
}

async function isFileSignedBy(
  signature: Buffer,
  key: PublicKey,
  hash: string,
  file: SignedBytes,
): Promise<boolean> {
  if (!file.read) return false;
  const verifier = createVerify(hash);
  const digest = createHash("sha256");
  for await (const chunk of file.read()) {
    verifier.update(chunk);
    digest.update(chunk);
  }
  // Else whoever can swap the file between two readings would have it hashed as one thing and verified as another.
  if (digest.digest("hex") !== file.sha256) {
    throw new FnsealError("artifact-changed", "the file changed while it was read");
  }
  return verifier.verify(key.key, signature);
}
