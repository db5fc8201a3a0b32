import { createHash, createPublicKey, type KeyObject } from "node:crypto";
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

const CURVES: Readonly<Record<string, { name: string; hashes: SignatureHash[] }>> = {
  prime256v1: { name: "P-256", hashes: ["sha256"] },
  secp384r1: { name: "P-384", hashes: ["sha384", "sha256"] },
  secp521r1: { name: "P-521", hashes: ["sha512", "sha256"] },
};

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

/**
 * Wraps a key of Node.js.
 *
 * @throws FnsealError `key-unsupported`
 */
export function toPublicKey(key: KeyObject, where: string): PublicKey {
  const digest = createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
  return {
    key,
    ...algorithmOf(key, where),
    fingerprint: digest.toString("hex"),
    hint: digest.toString("base64"),
  };
}

function algorithmOf(key: KeyObject, where: string): Pick<PublicKey, "algorithm" | "hashes"> {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ec": {
      const curve = CURVES[details.namedCurve ?? ""];
      if (curve) return { algorithm: `ECDSA ${curve.name}`, hashes: curve.hashes };
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
