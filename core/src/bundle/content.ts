import { createHash, createVerify, verify } from "node:crypto";
import { FnsealError } from "../errors.ts";
import { isP256, type PublicKey } from "../keys/publicKey.ts";
import { lazy } from "../lazy.ts";
import { preAuthEncoding } from "./dsse.ts";
import type { ParsedBundle } from "./parse.ts";

/** A file's bytes, read anew at each call: a message signature is over them all. */
export type ReadBytes = () => AsyncIterable<Uint8Array>;

/** What a signature is over. */
export interface SignedBytes {
  /** SHA-256 of the file, lower-case hex. Only a file has message signatures. */
  readonly sha256: string | undefined;
  readonly read: ReadBytes | undefined;
}

/** Whether a key made a bundle's signature. */
export type IsSignedBy = (key: PublicKey) => boolean;

/** Verifies the signature over a statement. */
export function statementVerifier(bundle: ParsedBundle & { kind: "dsse" }): IsSignedBy {
  const encoded = preAuthEncoding(bundle.payloadType, bundle.payload);
  return (key) => key.hashes.some((hash) => verify(hash, encoded, key.key, bundle.signature));
}

// It takes as long to load as all else that reads a bundle.
const loadPrehashed = lazy(() => import("./prehashed.ts"));

/**
 * Verifies the signature over a file's bytes by any of some keys. By those on P-256, which nearly all are, its SHA-256 is enough;
 * for others the file is read once more. Nobody has signed where the bundle names another digest of SHA-384 or SHA-512: as with
 * SHA-256 it is then about another file.
 *
 * @throws FnsealError `artifact-changed` where the file is no longer the one that was hashed
 */
export async function fileVerifier(
  bundle: ParsedBundle & { kind: "message" },
  keys: readonly PublicKey[],
  file: SignedBytes,
): Promise<IsSignedBy> {
  const { sha256 } = file;
  const onP256 = keys.filter(isP256);
  if (bundle.longDigest || sha256 === undefined || onP256.length === 0) {
    return readingVerifier(bundle, keys, file);
  }
  const { isSignedDigest } = await loadPrehashed();
  const digest = Buffer.from(sha256, "hex");
  const signing = onP256.filter(({ key }) => isSignedDigest(key, digest, bundle.signature));
  const signers = new Set(signing.map(({ fingerprint }) => fingerprint));
  const others = keys.filter((key) => !isP256(key));
  if (signers.size === 0 && others.length > 0) return readingVerifier(bundle, others, file);
  return (key) => signers.has(key.fingerprint);
}

async function readingVerifier(
  bundle: ParsedBundle & { kind: "message" },
  keys: readonly PublicKey[],
  file: SignedBytes,
): Promise<IsSignedBy> {
  if (!file.read) return () => false;
  const verifiers = keys.flatMap((key) =>
    // Ed25519 over a file is another algorithm, which hashes first (Ed25519ph).
    key.hashes.flatMap((hash) => (hash === null ? [] : [{ key, verifier: createVerify(hash) }])),
  );
  const digest = createHash("sha256");
  const { longDigest } = bundle;
  const long = longDigest && createHash(longDigest.hash);
  for await (const chunk of file.read()) {
    digest.update(chunk);
    long?.update(chunk);
    for (const { verifier } of verifiers) verifier.update(chunk);
  }
  // Else whoever can swap the file between two readings would have it hashed as one thing and verified as another.
  if (digest.digest("hex") !== file.sha256) {
    throw new FnsealError("artifact-changed", "the file changed while it was read");
  }
  if (long?.digest("hex") !== longDigest?.hex) return () => false;
  const signers = new Set<string>();
  for (const { key, verifier } of verifiers) {
    if (verifier.verify(key.key, bundle.signature)) signers.add(key.fingerprint);
  }
  return (key) => signers.has(key.fingerprint);
}
