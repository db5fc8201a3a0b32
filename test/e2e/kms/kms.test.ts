import { spawnSync } from "node:child_process";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DisableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import { type Emulator, startEmulator, startFaultProxy } from "../../support/emulator.ts";
import { zipOf } from "../support/zip.ts";
import { BUILT, Desk } from "../runtime/support/cli.ts";

let emulator: Emulator;
let cosign: string;
let kms: KMSClient;
let desk: Desk;

beforeAll(async () => {
  cosign = await ensureCosign();
  emulator = await startEmulator();
  kms = new KMSClient(emulator.config());
}, 900_000);
afterAll(() => emulator.stop());

beforeEach(() => {
  desk = new Desk({ ...emulator.environment }, BUILT);
  desk.write("app.zip", zipOf({ "index.js": "exports.handler = async () => 1;\n" }));
  desk.write("other.zip", zipOf({ "index.js": "exports.handler = async () => 2;\n" }));
  desk.write("offline.json", '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}');
});
afterEach(() => desk.remove());

/** A new key, by ARN. */
async function newKey(
  KeySpec: CreateKeyCommandInput["KeySpec"],
  more: Partial<CreateKeyCommandInput> = {},
): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY", ...more }));
  return KeyMetadata?.Arn ?? "";
}

async function ok(...args: string[]): Promise<string> {
  const ran = await desk.fnseal(args);
  if (ran.code !== 0) throw new Error(`fnseal ${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

/** Exit code and what was said. */
async function refused(args: string[], env?: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await desk.fnseal(args, env);
  return `${code}: ${stdout}${stderr}`;
}

function runCosign(...args: string[]): { readonly ok: boolean; readonly said: string } {
  const env = { PATH: process.env["PATH"], HOME: desk.folder, ...emulator.environment };
  const { status, stderr } = spawnSync(cosign, args, {
    cwd: desk.folder,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { ok: status === 0, said: stderr };
}

const cosignVerifies = (key: string, file = "app.zip") =>
  runCosign(
    ...["verify-blob-attestation", "--key", key, "--bundle", "app.zip.sigstore.json"],
    ...["--type", CODE_PREDICATE_TYPE, "--insecure-ignore-tlog=true", file],
  );

describe.each([
  ["ECC_NIST_P256", true],
  // Given the PEM of a P-384 key, cosign 3.1.3 hashes with SHA-256, whoever signed; given the URI it asks KMS for the hash.
  ["ECC_NIST_P384", false],
  ["RSA_2048", true],
] as const)("a key of %s", (spec, cosignTakesPem) => {
  let uri: string;

  beforeAll(async () => {
    uri = `awskms:///${await newKey(spec)}`;
  });

  test("signs; its exported half verifies without a call, here and in cosign", async () => {
    await ok("sign", "app.zip", "--key", uri);
    await ok("public-key", uri, "--output", "release.pub");
    desk.write(
      "policy.yaml",
      `version: 1\nauthorities: { release: { key: release.pub, kms: "${uri}" } }\nrules: [{ signedBy: release }]\n`,
    );
    const offline = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const { code, stdout } = await desk.fnseal(
      ["verify", "app.zip", "--trust-policy", "policy.yaml"],
      offline,
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining("signed by release")]);
    expect(cosignVerifies("release.pub").ok).toBe(cosignTakesPem);
    expect(cosignVerifies("release.pub", "other.zip").ok).toBe(false);
  });

  test("verifies when it is named itself, in both programs", async () => {
    await ok("sign", "app.zip", "--key", uri);
    await ok("verify", "app.zip", "--key", uri);
    expect(cosignVerifies(uri)).toMatchObject({ ok: true });
    const stranger = `awskms:///${await newKey(spec)}`;
    expect(await refused(["verify", "app.zip", "--key", stranger])).toMatch(/^1: \[signer-not-trusted\]/);
    expect(cosignVerifies(stranger).ok).toBe(false);
  });

  test("cosign's signatures by it verify here", async () => {
    await ok("public-key", uri, "--output", "release.pub");
    const out = ["--signing-config", "offline.json", "--bundle", "app.bundle", "-y", "app.zip"];
    expect(runCosign("sign-blob", "--key", uri, ...out)).toMatchObject({ ok: true });
    const verify = ["verify", "app.zip", "--accept", "message-signature", "--bundle", "app.bundle"];
    await ok(...verify, "--key", uri);
    await ok(...verify, "--key", "release.pub");
    expect(await refused(["verify", "other.zip", ...verify.slice(2), "--key", uri])).toMatch(/^1: /);
  });
});

test("a key may be named by id, alias and alias ARN, and through FNSEAL_KEY", async () => {
  const arn = await newKey("ECC_NIST_P256");
  await kms.send(new CreateAliasCommand({ AliasName: "alias/ci/release", TargetKeyId: arn }));
  const names = [arn.split("/")[1], "alias/ci/release", arn.replace(/key\/.*/, "alias/ci/release"), arn];
  for (const name of names) {
    const env = { ...desk.env, FNSEAL_KEY: `awskms:///${name}` };
    const ran = await desk.fnseal(["sign", "app.zip"], env);
    expect([name, ran.code, ran.stderr]).toEqual([name, 0, ""]);
    await ok("verify", "app.zip", "--key", `awskms:///${arn}`);
  }
});

test("an ARN names its region, whichever is configured", async () => {
  const arn = await newKey("ECC_NIST_P256");
  await ok("public-key", `awskms:///${arn}`);
  const elsewhere = { ...desk.env, AWS_REGION: "eu-west-3", AWS_DEFAULT_REGION: "eu-west-3" };
  const named = (key: string) => desk.fnseal(["public-key", `awskms:///${key}`], elsewhere);
  expect((await named(arn)).code).toBe(0);
  expect((await named(arn.split("/")[1] ?? "")).stderr).toContain("[kms-key-not-found]");
});

test("an alias that is pointed at another key is another signer", async () => {
  const [first, second] = [await newKey("ECC_NIST_P256"), await newKey("ECC_NIST_P256")];
  await kms.send(new CreateAliasCommand({ AliasName: "alias/moves", TargetKeyId: first }));
  await ok("public-key", "awskms:///alias/moves", "--output", "release.pub");
  await kms.send(new UpdateAliasCommand({ AliasName: "alias/moves", TargetKeyId: second }));
  await ok("sign", "app.zip", "--key", "awskms:///alias/moves");
  expect(await refused(["verify", "app.zip", "--key", "release.pub"])).toMatch(/^1: \[signer-not-trusted\]/);
});

describe("what does not work says why", () => {
  test("a key that is not there", async () => {
    const uri = "awskms:///alias/none";
    for (const command of [
      ["sign", "app.zip", "--key", uri],
      ["verify", "app.zip", "--key", uri],
      ["public-key", uri],
    ]) {
      expect(await refused(command)).toMatch(/^3: .*kms-key-not-found.*alias\/none/s);
    }
  });

  test("a key that is disabled or being deleted", async () => {
    const disabled = await newKey("ECC_NIST_P256");
    await kms.send(new DisableKeyCommand({ KeyId: disabled }));
    const doomed = await newKey("ECC_NIST_P256");
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: doomed, PendingWindowInDays: 7 }));
    for (const arn of [disabled, doomed]) {
      expect(await refused(["sign", "app.zip", "--key", `awskms:///${arn}`])).toMatch(
        /^3: .*kms-key-disabled.*awskms/s,
      );
    }
  });

  test.each([
    ["for encryption", "RSA_2048", "ENCRYPT_DECRYPT"],
    ["of symmetric spec", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"],
    ["for MACs", "HMAC_256", "GENERATE_VERIFY_MAC"],
    ["of a curve nobody verifies", "ECC_SECG_P256K1", "SIGN_VERIFY"],
    ["of Ed25519", "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"],
  ] as const)("a key %s", async (_what, spec, KeyUsage) => {
    const uri = `awskms:///${await newKey(spec, { KeyUsage })}`;
    expect(await refused(["sign", "app.zip", "--key", uri])).toMatch(
      /^2: .*(kms-key-unusable|key-unsupported)/s,
    );
  });

  test("missing permissions, each named", async () => {
    const uri = `awskms:///${await newKey("ECC_NIST_P256")}`;
    const { accessKeyId, secretAccessKey } = await emulator.asUser("nobody");
    const env = { ...desk.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    expect(await refused(["sign", "app.zip", "--key", uri], env)).toMatch(
      /^3: .*kms-denied.*kms:GetPublicKey/s,
    );
  });

  test("no region and no credentials", async () => {
    const uri = `awskms:///alias/release`;
    const regionless = Object.fromEntries(
      Object.entries(desk.env).filter(([name]) => !name.endsWith("_REGION")),
    );
    expect(await refused(["sign", "app.zip", "--key", uri], regionless)).toMatch(/^2: .*aws-region-missing/s);
    const anonymous = {
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    expect(await refused(["sign", "app.zip", "--key", uri], anonymous)).toMatch(/^2: .*aws-credentials/s);
  });

  test("throttling is waited out, and told where it lasts", async () => {
    const uri = `awskms:///${await newKey("ECC_NIST_P256")}`;
    const proxy = await startFaultProxy(emulator.endpoint);
    try {
      const env = { ...desk.env, AWS_ENDPOINT_URL: proxy.endpoint };
      const throttled = {
        service: "kms",
        operation: "Sign",
        error: { code: "ThrottlingException", status: 400 },
      };
      await proxy.rules([{ ...throttled, times: 2 }]);
      expect(await refused(["sign", "app.zip", "--key", uri], env)).toMatch(/^0: /);
      await proxy.rules([{ ...throttled, times: 100 }]);
      expect(await refused(["sign", "app.zip", "--key", uri], env)).toMatch(/^3: .*kms-throttled.*kms:Sign/s);
    } finally {
      await proxy.stop();
    }
  });
});
