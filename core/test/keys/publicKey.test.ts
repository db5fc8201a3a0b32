import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { parsePublicKey } from "../../src/keys/index.ts";
import { readSpki } from "../../src/keys/publicKey.ts";
import { codeOf, createKey, toTestKey } from "../support.ts";
import { COSIGN_KEY, COSIGN_PUB } from "./cosignKey.ts";

const spki = { type: "spki", format: "pem" } as const;
const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });

describe("a public key", () => {
  test.each([
    ["P-256", createKey("P-256").pem, "ECDSA P-256", ["sha256"]],
    ["P-384", createKey("P-384").pem, "ECDSA P-384", ["sha384", "sha256"]],
    ["P-521", createKey("P-521").pem, "ECDSA P-521", ["sha512", "sha256"]],
    ["RSA 2048", toTestKey(rsa(2048)).pem, "RSA 2048", ["sha256"]],
    [
      "RSA 4096, PKCS #1",
      rsa(4096).publicKey.export({ type: "pkcs1", format: "pem" }).toString(),
      "RSA 4096",
      ["sha256"],
    ],
    ["Ed25519", toTestKey(generateKeyPairSync("ed25519")).pem, "Ed25519", [null]],
    ["what cosign wrote", COSIGN_PUB, "ECDSA P-256", ["sha256"]],
  ])("%s is read", (_, pem, algorithm, hashes) => {
    expect(parsePublicKey(pem, "k")).toMatchObject({ algorithm, hashes });
  });

  test("is named by the SHA-256 of its SubjectPublicKeyInfo", () => {
    const key = createKey();
    const digest = createHash("sha256")
      .update(key.publicKey.key.export({ type: "spki", format: "der" }))
      .digest();
    const { fingerprint, hint } = parsePublicKey(key.pem, "k");
    expect([fingerprint, hint]).toEqual([digest.toString("hex"), digest.toString("base64")]);
  });

  test.each([
    ["RSA 1024", () => rsa(1024).publicKey.export(spki)],
    ["secp256k1", () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export(spki)],
    ["Ed448", () => generateKeyPairSync("ed448").publicKey.export(spki)],
    [
      "DSA",
      () => generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }).publicKey.export(spki),
    ],
  ])("%s is not supported", async (_, make) => {
    expect(await codeOf(() => parsePublicKey(make().toString(), "k"))).toBe("key-unsupported");
  });

  test("is never made from a private one, of whatever format", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (const type of ["pkcs8", "sec1"] as const) {
      const pem = privateKey.export({ type, format: "pem" }).toString();
      expect(await codeOf(() => parsePublicKey(pem, "k"))).toBe("key-is-private");
    }
    expect(await codeOf(() => parsePublicKey(COSIGN_KEY, "k"))).toBe("key-is-private");
    expect(await codeOf(() => parsePublicKey(COSIGN_PUB + COSIGN_KEY, "k"))).toBe("key-is-private");
  });

  test("is refused where it is no key", async () => {
    const certificate = COSIGN_PUB.replaceAll("PUBLIC KEY", "CERTIFICATE");
    const damaged = COSIGN_PUB.replace("MFkwEwYHKoZI", "MFkwEwYHKoZJ");
    for (const text of ["", "hello", certificate, damaged, COSIGN_PUB.slice(0, 80)]) {
      expect(await codeOf(() => parsePublicKey(text, "k"))).toBe("key-not-a-key");
    }
  });
});

describe("a certificate's key", () => {
  const der = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
  const p256 = der(createKey("P-256").publicKey.key);

  test.each<[string, KeyObject]>([
    ["P-256", createKey("P-256").publicKey.key],
    ["P-384", createKey("P-384").publicKey.key],
    ["RSA 3072", rsa(3072).publicKey],
    ["Ed25519", generateKeyPairSync("ed25519").publicKey],
  ])("of %s is what the same key is in a file", (_, key) => {
    const { key: read, ...rest } = readSpki(der(key), "k");
    const { key: other, ...wanted } = parsePublicKey(key.export(spki).toString(), "k");
    expect(rest).toEqual(wanted);
    expect(read.equals(other)).toBe(true);
  });

  test.each<[string, Buffer, string]>([
    [
      "a point that is not on the curve",
      Buffer.concat([p256.subarray(0, 27), Buffer.alloc(64, 1)]),
      "key-not-a-key",
    ],
    ["bytes that are missing", p256.subarray(0, 90), "key-not-a-key"],
    ["nothing", Buffer.alloc(0), "key-not-a-key"],
    [
      "a key on secp256k1",
      der(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey),
      "key-unsupported",
    ],
  ])("is refused with %s", async (_, bytes, code) => {
    expect(await codeOf(() => readSpki(bytes, "k"))).toBe(code);
  });
});
