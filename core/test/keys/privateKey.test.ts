import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { generateKeyPairFiles, importPrivateKey, loadSigningKey, toPublicKey } from "../../src/keys/index.ts";
import { codeOf } from "../support.ts";
import { COSIGN_KEY, COSIGN_PASSWORD, COSIGN_PUB } from "./cosignKey.ts";

const PASSWORD = "pässword ☃";

/** The JSON inside an encrypted key file, changed and packed again. */
function repacked(pem: string, change: (body: EncryptedKey) => void): string {
  const [, base64 = ""] = /KEY-----([^-]+)-----END/.exec(pem) ?? [];
  const body = JSON.parse(Buffer.from(base64, "base64").toString("utf8")) as EncryptedKey;
  change(body);
  const text = Buffer.from(JSON.stringify(body)).toString("base64");
  return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${text}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
}

interface EncryptedKey {
  kdf: { name: string; params: Record<string, unknown>; salt: string };
  cipher: { name: string; nonce: string };
  ciphertext: string;
}

const pem = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1"): string =>
  key.export({ type, format: "pem" }).toString();

describe("the encrypted private key file", () => {
  test("opens with its password, and the public file is its other half", async () => {
    const files = await generateKeyPairFiles(PASSWORD);
    const { privateKey, publicKey } = await loadSigningKey(files.privatePem, PASSWORD, "fnseal.key");
    expect(publicKey.algorithm).toBe("ECDSA P-256");
    expect(publicKey.fingerprint).toBe(files.publicKey.fingerprint);
    const message = Buffer.from("message");
    expect(verify("sha256", message, files.publicPem, sign("sha256", message, privateKey))).toBe(true);
  });

  test("may have an empty password, as cosign's may", async () => {
    const { privatePem } = await generateKeyPairFiles("");
    expect(await codeOf(() => loadSigningKey(privatePem, "", "k"))).toBe("nothing thrown");
    expect(await codeOf(() => loadSigningKey(privatePem, "x", "k"))).toBe("key-password-wrong");
  });

  test("holds no readable key", async () => {
    const { privatePem } = await generateKeyPairFiles(PASSWORD);
    expect(privatePem).toMatch(/^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
    expect(await codeOf(() => loadSigningKey(privatePem, `${PASSWORD} `, "k"))).toBe("key-password-wrong");
  });

  test("written by cosign opens, also with windows line ends and under the older PEM type", async () => {
    for (const text of [
      COSIGN_KEY,
      COSIGN_KEY.replaceAll("\n", "\r\n"),
      COSIGN_KEY.replaceAll("SIGSTORE", "COSIGN"),
    ]) {
      const { publicKey } = await loadSigningKey(text, COSIGN_PASSWORD, "cosign.key");
      expect(publicKey.key.export({ type: "spki", format: "pem" })).toBe(COSIGN_PUB);
    }
  });

  test("with a byte changed anywhere in salt, nonce or ciphertext does not open", async () => {
    const flip = (base64: string): string => {
      const bytes = Buffer.from(base64, "base64");
      bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
      return bytes.toString("base64");
    };
    const changes: ((body: EncryptedKey) => void)[] = [
      (body) => (body.kdf.salt = flip(body.kdf.salt)),
      (body) => (body.cipher.nonce = flip(body.cipher.nonce)),
      (body) => (body.ciphertext = flip(body.ciphertext)),
      (body) => (body.ciphertext = body.ciphertext.slice(0, 40)),
      (body) => (body.ciphertext = ""),
    ];
    for (const change of changes) {
      const code = await codeOf(() => loadSigningKey(repacked(COSIGN_KEY, change), COSIGN_PASSWORD, "k"));
      expect(code).toBe("key-password-wrong");
    }
  });

  test.each<[string, (body: EncryptedKey) => void]>([
    ["another key derivation", (body) => (body.kdf.name = "pbkdf2")],
    ["another cipher", (body) => (body.cipher.name = "aes")],
    ["a cost that would take 128 GiB", (body) => (body.kdf.params["N"] = 2 ** 27)],
    ["a cost that is no power of two", (body) => (body.kdf.params["N"] = 65_537)],
    ["a cost as text", (body) => (body.kdf.params["N"] = "65536")],
    ["a large block size", (body) => (body.kdf.params["r"] = 1 << 20)],
    ["a large parallelization", (body) => (body.kdf.params["p"] = 1 << 20)],
    ["a nonce that is too short", (body) => (body.cipher.nonce = "AAAA")],
    ["a salt that is no base64", (body) => (body.kdf.salt = "***")],
  ])("is refused with %s before anything is derived", async (_, change) => {
    const before = process.memoryUsage().rss;
    const code = await codeOf(() => loadSigningKey(repacked(COSIGN_KEY, change), COSIGN_PASSWORD, "k"));
    expect(code).toBe("key-not-a-key");
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
  });

  test("cut short is no key, wherever it is cut", async () => {
    for (let end = 0; end < COSIGN_KEY.length - 40; end += 7) {
      const code = await codeOf(() => loadSigningKey(COSIGN_KEY.slice(0, end), COSIGN_PASSWORD, "k"));
      expect(code).toBe("key-not-a-key");
    }
  });

  test("that decrypts to something else than a key is no key", async () => {
    const { encryptKey } = await import("../../src/keys/encryptedKey.ts");
    const text = await encryptKey(Buffer.from("not a key"), "p");
    expect(await codeOf(() => loadSigningKey(text, "p", "k"))).toBe("key-not-a-key");
  });

  test("is told from keys that are not encrypted and from no key at all", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(await codeOf(() => loadSigningKey(pem(privateKey, "pkcs8"), "", "k"))).toBe("key-not-encrypted");
    expect(await codeOf(() => loadSigningKey(pem(privateKey, "sec1"), "", "k"))).toBe("key-not-encrypted");
    const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await codeOf(() => loadSigningKey(publicPem, "", "k"))).toBe("key-not-a-key");
    expect(await codeOf(() => loadSigningKey("hello", "", "k"))).toBe("key-not-a-key");
  });
});

describe("importing a private key", () => {
  const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;
  const rsa = (modulusLength: number): KeyObject => generateKeyPairSync("rsa", { modulusLength }).privateKey;

  test.each([
    ["P-256, PKCS #8", pem(ec("P-256"), "pkcs8"), "ECDSA P-256"],
    ["P-256, SEC 1", pem(ec("P-256"), "sec1"), "ECDSA P-256"],
    ["P-384, SEC 1", pem(ec("P-384"), "sec1"), "ECDSA P-384"],
    ["P-521, PKCS #8", pem(ec("P-521"), "pkcs8"), "ECDSA P-521"],
    ["RSA 2048, PKCS #1", pem(rsa(2048), "pkcs1"), "RSA 2048"],
    ["RSA 3072, PKCS #8", pem(rsa(3072), "pkcs8"), "RSA 3072"],
    ["Ed25519", pem(generateKeyPairSync("ed25519").privateKey, "pkcs8"), "Ed25519"],
  ])("%s gives a pair that signs and verifies", async (_, text, algorithm) => {
    const files = await importPrivateKey(text, PASSWORD, "key.pem");
    const { privateKey, publicKey } = await loadSigningKey(files.privatePem, PASSWORD, "fnseal.key");
    expect(publicKey.algorithm).toBe(algorithm);
    const [hash = null] = publicKey.hashes;
    expect(verify(hash, Buffer.from("m"), files.publicPem, sign(hash, Buffer.from("m"), privateKey))).toBe(
      true,
    );
  });

  test.each([
    ["RSA 1024", () => pem(rsa(1024), "pkcs8")],
    ["secp256k1", () => pem(ec("secp256k1"), "pkcs8")],
    ["Ed448", () => pem(generateKeyPairSync("ed448").privateKey, "pkcs8")],
    ["X25519", () => pem(generateKeyPairSync("x25519").privateKey, "pkcs8")],
    [
      "DSA",
      () => pem(generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }).privateKey, "pkcs8"),
    ],
    ["RSA-PSS", () => pem(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).privateKey, "pkcs8")],
  ])("%s is not supported", async (_, make) => {
    expect(await codeOf(() => importPrivateKey(make(), PASSWORD, "key.pem"))).toBe("key-unsupported");
  });

  test("encrypted by OpenSSL needs the right passphrase", async () => {
    const text = ec("P-256")
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open" })
      .toString();
    expect(await codeOf(() => importPrivateKey(text, PASSWORD, "k", "open"))).toBe("nothing thrown");
    expect(await codeOf(() => importPrivateKey(text, PASSWORD, "k", "shut"))).toBe("key-password-wrong");
    expect(await codeOf(() => importPrivateKey(text, PASSWORD, "k"))).toBe("key-password-wrong");
  });

  test("refuses what is no private key, and what is encrypted in our format already", async () => {
    expect(await codeOf(() => importPrivateKey("hello", PASSWORD, "k"))).toBe("key-not-a-key");
    expect(await codeOf(() => importPrivateKey(COSIGN_PUB, PASSWORD, "k"))).toBe("key-not-a-key");
    expect(await codeOf(() => importPrivateKey(COSIGN_KEY, PASSWORD, "k"))).toBe("key-not-a-key");
  });

  test("keeps the key: the fingerprint is that of the imported one", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const files = await importPrivateKey(pem(privateKey, "sec1"), PASSWORD, "k");
    expect(files.publicKey.fingerprint).toBe(toPublicKey(publicKey, "k").fingerprint);
  });
});
