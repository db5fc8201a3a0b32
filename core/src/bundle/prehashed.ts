import type { KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";

/**
 * Whether a key on P-256 made an ECDSA signature (DER) over what has this SHA-256. Node.js verifies nothing but what it hashes
 * itself, so that a file would have to be read again.
 */
export function isSignedDigest(key: KeyObject, sha256: Buffer, signature: Buffer): boolean {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([UNCOMPRESSED, Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  try {
    // OpenSSL takes both of the two signatures that each signature comes with, and Go, with which cosign is written.
    return p256.verify(signature, sha256, point, { prehash: false, format: "der", lowS: false });
  } catch {
    return false;
  }
}

/** The first byte of a point with both coordinates. Source: SEC 1, 2.3.3. */
const UNCOMPRESSED = Buffer.from([4]);
