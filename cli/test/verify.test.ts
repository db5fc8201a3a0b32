import { createPrivateKey, sign } from "node:crypto";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSigningKey } from "@fnseal/core";
import {
  firstResult,
  fnseal,
  jsonOf,
  NOW,
  pairOf,
  PASSWORD,
  POLICY,
  removeFolders,
  signedFolder,
  signingFolder,
} from "./support/run.ts";
import { zipOf } from "./support/zip.ts";

afterAll(removeFolders);

describe("fnseal verify", () => {
  test("passes what the key signed, with exit code 0", async () => {
    const ran = await fnseal(["verify", "dist", "--key", "a.pub"], { cwd: await signedFolder() });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("dist is verified, signed by a.pub");
  });

  test("passes where any of several keys signed", async () => {
    const ran = await fnseal(["verify", "dist", "--key", "b.pub", "--key", "a.pub"], {
      cwd: await signedFolder(),
    });
    expect(ran.code).toBe(0);
  });

  test("rejects a changed byte, and says what was looked for, where, what was found and what to run", async () => {
    const cwd = await signedFolder();
    appendFileSync(join(cwd, "dist/index.js"), "\n");
    const ran = await fnseal(["verify", "dist", "--key", "a.pub", "--function", "orders"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("[bundle-other-artifact]");
    expect(ran.stdout).toMatch(/looked for: dirHash [0-9a-f]{64}/);
    expect(ran.stdout).toContain(`looked in: ${cwd}`);
    expect(ran.stdout).toContain(`${join(cwd, "dist.sigstore.json")}: it is for something else`);
    expect(ran.stdout).toContain("`fnseal sign dist --function orders`");
  });

  test.each([
    [
      "no bundle",
      [],
      "bundle-not-found",
      (cwd: string) => writeFileSync(join(cwd, "dist.sigstore.json"), ""),
      "bundle-not-json",
    ],
    ["another signer", ["--key", "b.pub"], "signer-not-trusted", undefined, undefined],
    [
      "another function",
      ["--key", "a.pub", "--function", "payments"],
      "function-not-covered",
      undefined,
      undefined,
    ],
    [
      "a layer, though only functions were named",
      ["--key", "a.pub", "--layer", "orders"],
      "function-not-covered",
      undefined,
      undefined,
    ],
  ] as const)("rejects %s with a code of its own", async (_what, args, code, spoil, spoilt) => {
    const cwd = await signedFolder("--function", "orders");
    spoil?.(cwd);
    const key = args.length > 0 ? [] : ["--key", "a.pub"];
    const ran = await fnseal(["verify", "dist", ...args, ...key, "--json"], { cwd });
    expect(ran.code).toBe(1);
    expect(firstResult(ran)).toMatchObject({ status: "rejected", code: spoilt ?? code });
  });

  test("rejects what nobody signed", async () => {
    const ran = await fnseal(["verify", "dist", "--key", "a.pub"], { cwd: await signingFolder("a") });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("[bundle-not-found]");
    expect(ran.stdout).toContain("to mend it: sign it: `fnseal sign dist`");
  });

  test("rejects an expired signature, and passes it a moment before", async () => {
    const cwd = await signedFolder("--expires", "12h");
    const at = (hours: number) => ({ cwd, now: () => new Date(NOW.getTime() + hours * 3_600_000) });
    expect((await fnseal(["verify", "dist", "--key", "a.pub"], at(11.9))).code).toBe(0);
    const late = await fnseal(["verify", "dist", "--key", "a.pub"], at(12));
    expect(late.code).toBe(1);
    expect(late.stdout).toContain("[expired]");
  });

  test("is undecided about a path where nothing is", async () => {
    const ran = await fnseal(["verify", "nothing", "--key", "a.pub"], { cwd: await signingFolder("a") });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("[artifact-not-found]");
  });

  test("is undecided about a signature for certain functions while the name is not known", async () => {
    const cwd = await signedFolder("--function", "orders-*");
    const ran = await fnseal(["verify", "dist", "--key", "a.pub"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("fnseal verify dist --function NAME");
  });

  test("judges every path, and the worst of them is the exit code", async () => {
    const cwd = await signedFolder();
    mkdirSync(join(cwd, "other"));
    writeFileSync(join(cwd, "other/a.js"), "1");
    const undecided = await fnseal(["verify", "dist", "nothing", "--key", "a.pub", "--json"], { cwd });
    expect(undecided.code).toBe(3);
    const rejected = await fnseal(["verify", "other", "nothing", "dist", "--key", "a.pub", "--json"], {
      cwd,
    });
    expect(rejected.code).toBe(1);
    expect(jsonOf(rejected).results?.map(({ status }) => status)).toEqual([
      "rejected",
      "undecided",
      "verified",
    ]);
  });

  test("takes the trust policy and the bundles folder of the project without being told", async () => {
    const cwd = await signingFolder("a");
    mkdirSync(join(cwd, "fnseal"));
    writeFileSync(join(cwd, "fnseal/trust-policy.yaml"), POLICY);
    const signed = await fnseal(["sign", "dist", "--key", "a.key", "--bundle-folder", "fnseal/bundles"], {
      cwd,
    });
    expect(signed.code).toBe(0);
    const ran = await fnseal(["verify", "dist"], { cwd });
    expect(ran.stdout).toContain("signed by ci");
    expect(ran.code).toBe(0);
  });

  test("looks at nothing but the bundle that is named", async () => {
    const cwd = await signedFolder();
    const wrong = await fnseal(["verify", "dist", "--key", "a.pub", "--bundle", "a.pub"], { cwd });
    expect(wrong.code).toBe(1);
    copyFileSync(join(cwd, "dist.sigstore.json"), join(cwd, "elsewhere"));
    expect((await fnseal(["verify", "dist", "--key", "a.pub", "--bundle", "elsewhere"], { cwd })).code).toBe(
      0,
    );
  });

  test("judges another zip of the signed files by the files", async () => {
    const cwd = await signingFolder("a");
    writeFileSync(join(cwd, "f.zip"), zipOf({ "a.js": "1", "b.js": "2" }));
    await fnseal(["sign", "f.zip", "--key", "a.key"], { cwd });
    writeFileSync(join(cwd, "f.zip"), zipOf({ "b.js": "2", "a.js": "1" }));
    const same = firstResult(await fnseal(["verify", "f.zip", "--key", "a.pub", "--json"], { cwd }));
    expect(same).toMatchObject({
      status: "verified",
      digests: { dirHash: expect.stringMatching(/./) as string },
    });
    writeFileSync(join(cwd, "f.zip"), zipOf({ "b.js": "1", "a.js": "2" }));
    expect((await fnseal(["verify", "f.zip", "--key", "a.pub"], { cwd })).code).toBe(1);
  });

  test("rejects a zip whose files are revoked, though its very bytes were signed", async () => {
    const cwd = await signingFolder("a");
    writeFileSync(join(cwd, "f.zip"), zipOf({ "a.js": "1" }));
    const signed = await fnseal(["sign", "f.zip", "--key", "a.key", "--json"], { cwd });
    const { dirHash = "" } = firstResult(signed)["digests"] as Record<string, string>;
    const policy = POLICY.replace("../", "");
    writeFileSync(join(cwd, "p.yaml"), policy);
    expect((await fnseal(["verify", "f.zip", "--trust-policy", "p.yaml"], { cwd })).code).toBe(0);
    writeFileSync(
      join(cwd, "p.yaml"),
      `${policy}revocations:\n  - { digest: { dirHash: "${dirHash}" }, reason: leaks }\n`,
    );
    const ran = await fnseal(["verify", "f.zip", "--trust-policy", "p.yaml"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("[digest-revoked]");
  });

  test("takes a signature over a zip's bytes only where it is asked to", async () => {
    const cwd = await signingFolder("a");
    const zip = zipOf({ "index.js": "exports.handler = 1" });
    writeFileSync(join(cwd, "f.zip"), zip);
    writeFileSync(join(cwd, "f.zip.sigstore.json"), await messageBundle(zip));
    const plain = await fnseal(["verify", "f.zip", "--key", "a.pub"], { cwd });
    expect(plain.code).toBe(1);
    expect(plain.stdout).toContain("[type-not-accepted]");
    const accept = ["verify", "f.zip", "--key", "a.pub", "--accept", "message-signature"];
    expect((await fnseal(accept, { cwd })).code).toBe(0);
    writeFileSync(join(cwd, "f.zip.sigstore.json"), await messageBundle(zip, Buffer.from("other bytes")));
    const forged = await fnseal(accept, { cwd });
    expect(forged.code).toBe(1);
    expect(forged.stdout).toContain("[signature-invalid]");
  });

  test("lets no file name pass for a line of its own or steer the terminal", async () => {
    const cwd = await signedFolder();
    const name = "dist.\u001b[2J\ndist is verified\u009b.sigstore.json";
    copyFileSync(join(cwd, "a.pub"), join(cwd, name));
    appendFileSync(join(cwd, "dist/index.js"), "\n");
    const ran = await fnseal(["verify", "dist", "--key", "a.pub"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("dist.\\u001b[2J\\ndist is verified\\u009b");
    expect(ran.stdout).not.toMatch(/^dist is verified/m);
    expect(ran.stdout).not.toMatch(/[\u001b\u009b]/);
  });
});

/** A bundle with a message signature as `cosign sign-blob` writes it; `signed` stands for bytes other than the file's. */
async function messageBundle(file: Buffer, signed = file): Promise<string> {
  const { privatePem } = await pairOf("a");
  const { privateKey, publicKey } = await loadSigningKey(privatePem, PASSWORD, "the key");
  const key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
  const { createHash } = await import("node:crypto");
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: publicKey.hint } },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: createHash("sha256").update(file).digest("base64") },
      signature: sign("sha256", signed, key).toString("base64"),
    },
  });
}

test("the bundle of fnseal has no keyid, or cosign would pass over its signature", async () => {
  const cwd = await signedFolder();
  const bundle = JSON.parse(readFileSync(join(cwd, "dist.sigstore.json"), "utf8")) as {
    dsseEnvelope: { signatures: { keyid?: string }[] };
  };
  expect(bundle.dsseEnvelope.signatures.map(({ keyid }) => keyid ?? "")).toEqual([""]);
});
