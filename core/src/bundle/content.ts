import { createVerify, verify } from "node:crypto";
import { dsse } from "@sigstore/core";
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

/** Whether a key made the bundle's signature over the statement, or over the file's bytes. */
export async function isSignedBy(bundle: ParsedBundle, key: PublicKey, file: SignedBytes): Promise<boolean> {
  for (const hash of key.hashes) {
    if (bundle.kind === "dsse") {
      const encoded = dsse.preAuthEncoding(bundle.payloadType, bundle.payload);
      if (verify(hash, encoded, key.key, bundle.signature)) return true;
    } else if (hash !== null && file.read && (await isFileSignedBy(bundle.signature, key, hash, file.read))) {
      return true;
    }
  }
  return false;
}

async function isFileSignedBy(signature: Buffer, key: PublicKey, hash: string, read: ReadBytes): Promise<boolean> {
  const verifier = createVerify(hash);
  for await (const chunk of read()) verifier.update(chunk);
  return verifier.verify(key.key, signature);
}
