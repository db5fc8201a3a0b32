import { generateKeyPairSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSigningKey, parsePublicKey } from "@fnseal/core";
import {
  filesIn,
  firstResult,
  fnseal,
  folderWith,
  jsonOf,
  pairOf,
  PASSWORD,
  removeFolders,
} from "./support/run.ts";

afterAll(removeFolders);

const text = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

/** Whether the two files are one pair, and the private one opens with the password. */
async function expectPair(folder: string, prefix: string, password: string): Promise<string> {
  const { publicKey } = await loadSigningKey(text(folder, `${prefix}.key`), password, "the key");
  expect(parsePublicKey(text(folder, `${prefix}.pub`), "the key").fingerprint).toBe(publicKey.fingerprint);
  return publicKey.algorithm;
}

describe("fnseal keygen", () => {
  test("writes a pair: the private key encrypted, and for its owner's eyes only", async () => {
    const cwd = folderWith();
    const ran = await fnseal(["keygen"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(filesIn(cwd)).toEqual(["fnseal.key", "fnseal.pub"]);
    expect(await expectPair(cwd, "fnseal", PASSWORD)).toBe("ECDSA P-256");
    expect(text(cwd, "fnseal.key")).toContain("ENCRYPTED SIGSTORE PRIVATE KEY");
    if (process.platform !== "win32") expect(statSync(join(cwd, "fnseal.key")).mode & 0o777).toBe(0o600);
  });

  test("takes an empty password that was given, as cosign does, but not the lack of one", async () => {
    const cwd = folderWith();
    const none = await fnseal(["keygen"], { cwd, env: {} });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("[key-password-missing]");
    expect(filesIn(cwd)).toEqual([]);
    expect((await fnseal(["keygen"], { cwd, env: { FNSEAL_PASSWORD: "" } })).code).toBe(0);
    await expectPair(cwd, "fnseal", "");
  });

  test.each(["ci.key", "ci.pub"])(
    "touches nothing where %s exists, and replaces it by --force",
    async (name) => {
      const cwd = folderWith({ [name]: "mine" });
      const args = ["keygen", "--output-prefix", "ci"];
      const ran = await fnseal([...args, "--json"], { cwd });
      expect(ran.code).toBe(2);
      expect(jsonOf(ran).error).toMatchObject({ code: "file-exists" });
      expect(filesIn(cwd)).toEqual([name]);
      expect(text(cwd, name)).toBe("mine");
      expect((await fnseal([...args, "--force"], { cwd })).code).toBe(0);
      await expectPair(cwd, "ci", PASSWORD);
      expect(filesIn(cwd)).toEqual(["ci.key", "ci.pub"]);
    },
  );

  test("leaves nothing behind where the public key cannot be written", async () => {
    const cwd = folderWith({ "ci.pub/in-the-way": "" });
    const ran = await fnseal(["keygen", "--output-prefix", "ci", "--force"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[file-unwritable]");
    expect(filesIn(cwd)).toEqual(["ci.pub/in-the-way"]);
  });

  test("leaves nothing behind where the folder is missing", async () => {
    const cwd = folderWith();
    const ran = await fnseal(["keygen", "--output-prefix", "gone/ci"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[file-unwritable]");
    expect(filesIn(cwd)).toEqual([]);
  });
});

describe("fnseal import-key", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ed = generateKeyPairSync("ed25519").privateKey;
  const locked = { cipher: "aes-256-cbc", passphrase: "old" } as const;

  test.each([
    ["EC in PKCS #8", ec.export({ type: "pkcs8", format: "pem" }), "ECDSA P-384"],
    ["EC in SEC 1", ec.export({ type: "sec1", format: "pem" }), "ECDSA P-384"],
    ["RSA in PKCS #1", rsa.export({ type: "pkcs1", format: "pem" }), "RSA 2048"],
    [
      "RSA that OpenSSL encrypted in its old way",
      rsa.export({ type: "pkcs1", format: "pem", ...locked }),
      "RSA 2048",
    ],
    ["Ed25519", ed.export({ type: "pkcs8", format: "pem" }), "Ed25519"],
    ["an encrypted PKCS #8", ed.export({ type: "pkcs8", format: "pem", ...locked }), "Ed25519"],
  ])("takes %s", async (_what, pem, algorithm) => {
    const cwd = folderWith({ "old.pem": pem });
    const env = { FNSEAL_PASSWORD: PASSWORD, FNSEAL_IMPORT_PASSPHRASE: "old" };
    const ran = await fnseal(["import-key", "old.pem", "--json"], { cwd, env });
    expect(ran.code).toBe(0);
    expect(firstResult(ran)).toMatchObject({ status: "written", algorithm });
    expect(await expectPair(cwd, "fnseal", PASSWORD)).toBe(algorithm);
  });

  test.each([
    ["no key", "hello", {}, "key-not-a-key"],
    [
      "a curve that is not supported",
      generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey.export({
        type: "sec1",
        format: "pem",
      }),
      {},
      "key-unsupported",
    ],
    [
      "a wrong passphrase",
      ed.export({ type: "pkcs8", format: "pem", ...locked }),
      { FNSEAL_IMPORT_PASSPHRASE: "x" },
      "key-password-wrong",
    ],
    [
      "a passphrase that is missing",
      ed.export({ type: "pkcs8", format: "pem", ...locked }),
      {},
      "key-password-wrong",
    ],
  ])("refuses %s and writes nothing", async (_what, pem, env, code) => {
    const cwd = folderWith({ "old.pem": pem });
    const ran = await fnseal(["import-key", "old.pem"], { cwd, env: { FNSEAL_PASSWORD: PASSWORD, ...env } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`[${code}]`);
    expect(filesIn(cwd)).toEqual(["old.pem"]);
  });

  test("leaves a key alone that is in the right format already", async () => {
    const cwd = folderWith({ "a.key": (await pairOf("a")).privatePem });
    const ran = await fnseal(["import-key", "a.key"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("use it as it is");
  });

  test("says so where the file is missing", async () => {
    const ran = await fnseal(["import-key", "gone.pem"], { cwd: folderWith() });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[file-unreadable]");
  });

  test("a key that it wrote signs", async () => {
    const cwd = folderWith({ "old.pem": ec.export({ type: "sec1", format: "pem" }) });
    await fnseal(["import-key", "old.pem", "--output-prefix", "ci"], { cwd });
    writeFileSync(join(cwd, "old.pem"), "code");
    expect(
      (await fnseal(["sign", ".", "--key", "ci.key", "--output", "b.sigstore.json"], { cwd })).code,
    ).toBe(0);
  });
});
