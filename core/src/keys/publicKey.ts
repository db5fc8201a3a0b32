import { createPublicKey, hash, type KeyObject } from "node:crypto";
import { FnsealError } from "../errors.ts";

/** Hash of a signature over a message, as Node.js names it; `null` is Ed25519, which hashes by itself. */
export type SignatureHash = "sha256" | "sha384" | "sha512" | null;

/** A public key that may verify signatures. */
export interface PublicKey {
  readonly key: KeyObject;
  /** For people: `ECDSA P-256`, `RSA 3072`, `Ed25519`. */
  readonly algorithm: string;
  /** SHA-256 of the key's SubjectPublicKeyInfo (DER), lower-case hex: the key's name in messages and revocations. */
  readonly fingerprint: string;
  /** The same in base64, which is what cosign writes as `publicKey.hint`. A hint never decides anything. */
  readonly hint: string;
  /** Hashes with which its signatures may be made, the usual one first (Sigstore's algorithm registry). */
  readonly hashes: readonly SignatureHash[];
}

const MINIMUM_RSA_BITS = 2048;
/** Verifying grows with the square of the size: a key of a megabit would be a denial of service. */
const MAXIMUM_RSA_BITS = 8192;

type Algorithm = Pick<PublicKey, "algorithm" | "hashes">;

const P256: Algorithm = { algorithm: "ECDSA P-256", hashes: ["sha256"] };

const CURVES: Readonly<Record<string, Algorithm>> = {
  prime256v1: P256,
  secp384r1: { algorithm: "ECDSA P-384", hashes: ["sha384", "sha256"] },
  secp521r1: { algorithm: "ECDSA P-521", hashes: ["sha512", "sha256"] },
};

/** Whether a key is one on P-256. */
export function isP256({ algorithm }: PublicKey): boolean {
  return algorithm === P256.algorithm;
}

/**
 * Reads one PEM public key (SubjectPublicKeyInfo or PKCS #1).
 *
 * @param pem the text of the file
 * @param where what to call it in errors, for example the file's path or the field's name
 * @throws FnsealError `key-is-private`, `key-not-a-key`, `key-unsupported`
 */
export function parsePublicKey(pem: string, where: string): PublicKey {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new FnsealError(
      "key-is-private",
      `${where} holds a private key; only its public half belongs there`,
    );
  }
  if (!/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) {
    throw new FnsealError("key-not-a-key", `${where} is not a PEM public key`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new FnsealError("key-not-a-key", `${where} is not a readable PEM public key`, { cause });
  }
  return toPublicKey(key, where);
}

/** SubjectPublicKeyInfo of a key on P-256 up to its point, uncompressed. Source: RFC 5480, 2; SEC 1, 2.3.3. */
const P256_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");
const P256_BYTES = P256_HEAD.length + 64;

/**
 * Reads one SubjectPublicKeyInfo (DER), as certificates have it.
 *
 * @throws FnsealError `key-not-a-key`, `key-unsupported`
 */
export function readSpki(spki: Buffer, where: string): PublicKey {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch (cause) {
    throw new FnsealError("key-not-a-key", `${where} is not a readable public key`, { cause });
  }
  // Nearly all are such; asking Node.js what it has just read takes several times as long as reading it.
  const isP256 = spki.length === P256_BYTES && spki.subarray(0, P256_HEAD.length).equals(P256_HEAD);
  return isP256 ? named(key, P256, spki) : toPublicKey(key, where);
}

/**
 * Wraps a key of Node.js.
 *
 * @throws FnsealError `key-unsupported`
 */
export function toPublicKey(key: KeyObject, where: string): PublicKey {
  return named(key, algorithmOf(key, where), key.export({ type: "spki", format: "der" }));
}

function named(key: KeyObject, { algorithm, hashes }: Algorithm, spki: Buffer): PublicKey {
  const digest = hash("sha256", spki, "buffer");
  return { key, algorithm, hashes, fingerprint: digest.toString("hex"), hint: digest.toString("base64") };
}

function algorithmOf(key: KeyObject, where: string): Algorithm {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ec": {
      const curve = CURVES[details.namedCurve ?? ""];
      if (curve) return curve;
      break;
    }
    case "rsa": {
      const bits = details.modulusLength ?? 0;
      if (bits >= MINIMUM_RSA_BITS && bits <= MAXIMUM_RSA_BITS) {
        return { algorithm: `RSA ${bits}`, hashes: ["sha256"] };
      }
      break;
    }
    case "ed25519":
      return { algorithm: "Ed25519", hashes: [null] };
    default:
      break;
  }
  const found = [key.asymmetricKeyType, details.namedCurve ?? details.modulusLength]
    .filter(Boolean)
    .join(" ");
  throw new FnsealError("key-unsupported", `${where} is a key of type ${found}`);
}
