import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { FnsealError } from "../errors.ts";
import { decryptKey, encryptKey, isEncryptedKey } from "./encryptedKey.ts";
import { type PublicKey, toPublicKey } from "./publicKey.ts";

/** A private key ready to sign, with the public key that verifies what it signs. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

/** The two files of a key pair. */
export interface KeyPairFiles {
  /** The encrypted private key, PEM: what `fnseal.key` and cosign's `cosign.key` hold. */
  readonly privatePem: string;
  /** The public key, PEM: what `fnseal.pub` holds. */
  readonly publicPem: string;
  readonly publicKey: PublicKey;
}

/** Makes an ECDSA P-256 key pair, the private key encrypted under `password`. */
export async function generateKeyPairFiles(password: string): Promise<KeyPairFiles> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return toFiles(privateKey, password, "the new key");
}

/**
 * Encrypts an existing private key (PEM: PKCS #8, SEC 1 or PKCS #1; EC, RSA or Ed25519).
 *
 * @param passphrase opens the given PEM where it is encrypted in OpenSSL's way
 * @throws FnsealError `key-not-a-key`, `key-unsupported`, `key-password-wrong`
 */
export async function importPrivateKey(
  pem: string,
  password: string,
  where: string,
  passphrase?: string,
): Promise<KeyPairFiles> {
  if (isEncryptedKey(pem)) {
    throw new FnsealError(
      "key-not-a-key",
      `${where} is in the format of fnseal and cosign already; use it as it is`,
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) {
      throw new FnsealError("key-password-wrong", `the passphrase does not open ${where}`);
    }
    throw new FnsealError("key-not-a-key", `${where} is not a PEM private key`, { cause });
  }
  return toFiles(key, password, where);
}

/**
 * Opens an encrypted private key of ours or of cosign's.
 *
 * @throws FnsealError `key-not-encrypted`, `key-not-a-key`, `key-unsupported`, `key-password-wrong`
 */
export async function loadSigningKey(pem: string, password: string, where: string): Promise<SigningKey> {
  if (!isEncryptedKey(pem)) {
    const isKey = /-----BEGIN (?!ENCRYPTED (?:SIGSTORE|COSIGN))[A-Z ]*PRIVATE KEY-----/.test(pem);
    throw isKey
      ? new FnsealError("key-not-encrypted", `${where} is a private key that is not encrypted`)
      : new FnsealError("key-not-a-key", `${where} is not a private key`);
  }
  const der = await decryptKey(pem, password, where);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch (cause) {
    throw new FnsealError("key-not-a-key", `${where} decrypts to something that is no key`, { cause });
  } finally {
    der.fill(0);
  }
  return { privateKey, publicKey: toPublicKey(createPublicKey(privateKey), where) };
}

async function toFiles(key: KeyObject, password: string, where: string): Promise<KeyPairFiles> {
  const publicKey = toPublicKey(createPublicKey(key), where);
  const der = key.export({ type: "pkcs8", format: "der" });
  const privatePem = await encryptKey(der, password);
  der.fill(0);
  return {
    privatePem,
    publicPem: publicKey.key.export({ type: "spki", format: "pem" }).toString(),
    publicKey,
  };
}
