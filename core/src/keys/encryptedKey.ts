import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import * as z from "zod";
import { FnsealError } from "../errors.ts";

/**
 * The encrypted private key file that cosign writes and reads: PEM around JSON, scrypt and NaCl's secretbox
 * around PKCS #8. Source: go-securesystemslib `encrypted/encrypted.go`, cosign `pkg/cosign/keys.go`.
 */
const PEM_TYPE = "ENCRYPTED SIGSTORE PRIVATE KEY";
const PEM = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/;

/** The parameter sets that the format knows. Any other is refused, or a file could ask for all memory. */
const COSTS = [32768, 65536, 131072] as const;
const COST = 65536;
const BLOCK_SIZE = 8;
const PARALLELIZATION = 1;

const base64 = z.base64().transform((text) => Buffer.from(text, "base64"));

const encryptedKeySchema = z.object({
  kdf: z.object({
    name: z.literal("scrypt"),
    params: z.object({
      N: z.literal(COSTS),
      r: z.literal(BLOCK_SIZE),
      p: z.literal(PARALLELIZATION),
    }),
    salt: base64,
  }),
  cipher: z.object({
    name: z.literal("nacl/secretbox"),
    nonce: base64.refine((nonce) => nonce.length === 24),
  }),
  ciphertext: base64,
});

/** Whether the text is such a file, of ours or of cosign's. */
export function isEncryptedKey(pem: string): boolean {
  return PEM.test(pem);
}

/** Encrypts a PKCS #8 key (DER). An empty password is allowed, as cosign allows it. */
export async function encryptKey(pkcs8: Buffer, password: string): Promise<string> {
  const salt = randomBytes(32);
  const nonce = randomBytes(24);
  const key = await deriveKey(password, salt, COST);
  const ciphertext = Buffer.from(xsalsa20poly1305(key, nonce).encrypt(pkcs8));
  const body = JSON.stringify({
    kdf: {
      name: "scrypt",
      params: { N: COST, r: BLOCK_SIZE, p: PARALLELIZATION },
      salt: salt.toString("base64"),
    },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: ciphertext.toString("base64"),
  });
  const lines =
    Buffer.from(body)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${PEM_TYPE}-----\n${lines.join("\n")}\n-----END ${PEM_TYPE}-----\n`;
}

/**
 * Decrypts such a file to PKCS #8 (DER).
 *
 * @throws FnsealError `key-not-a-key` where the file is damaged, `key-password-wrong`
 */
export async function decryptKey(pem: string, password: string, where: string): Promise<Buffer> {
  const parsed = parseEncryptedKey(pem);
  if (!parsed) throw new FnsealError("key-not-a-key", `${where} is a damaged private key file`);
  const key = await deriveKey(password, parsed.kdf.salt, parsed.kdf.params.N);
  try {
    return Buffer.from(xsalsa20poly1305(key, parsed.cipher.nonce).decrypt(parsed.ciphertext));
  } catch {
    // The library's own error says only "invalid tag": there is nothing in it to pass on.
    throw new FnsealError("key-password-wrong", `the password does not open ${where}`);
  }
}

function parseEncryptedKey(pem: string): z.infer<typeof encryptedKeySchema> | undefined {
  try {
    const body = Buffer.from(PEM.exec(pem)?.[1] ?? "", "base64").toString("utf8");
    return encryptedKeySchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

function deriveKey(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return scryptAsync(password, salt, 32, {
    N: cost,
    r: BLOCK_SIZE,
    p: PARALLELIZATION,
    // scrypt needs 128·N·r bytes; Node.js allows 32 MiB unless told otherwise.
    maxmem: 256 * cost * BLOCK_SIZE,
  });
}
