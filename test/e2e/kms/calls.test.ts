import { spawn } from "node:child_process";
import { once } from "node:events";
import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { BUILT, Desk } from "../runtime/support/cli.ts";
import { zipOf } from "../support/zip.ts";
import { type Front, makeCertificate, startFront } from "./support/front.ts";

let emulator: Emulator;
let cosign: string;
let kms: KMSClient;
let desk: Desk;
const fronts: Front[] = [];

beforeAll(async () => {
  cosign = await ensureCosign();
  emulator = await startEmulator();
  kms = new KMSClient(emulator.config());
}, 900_000);
afterAll(() => emulator.stop());

beforeEach(() => {
  desk = new Desk({ ...emulator.environment }, BUILT);
  desk.write("app.zip", zipOf({ "index.js": "exports.handler = async () => 1;\n" }));
});
afterEach(() => {
  for (const front of fronts.splice(0)) front.stop();
  desk.remove();
});

async function newKey(): Promise<string> {
  const command = new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  return (await kms.send(command)).KeyMetadata?.Arn ?? "";
}

async function front(options: Parameters<typeof startFront>[1] = {}): Promise<Front> {
  const started = await startFront(emulator.endpoint, options);
  fronts.push(started);
  return started;
}

type Env = Readonly<Record<string, string>>;

/** Exit code and what was said. */
async function said(args: string[], env: Env): Promise<string> {
  const { code, stdout, stderr } = await desk.fnseal(args, env);
  return `${code}: ${stdout}${stderr}`;
}

/** The environment with KMS at another place. */
const at = ({ port }: { readonly port: number }): Env => ({
  ...desk.env,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
});

describe("what is asked of KMS", () => {
  test("one GetPublicKey and one Sign to sign; one GetPublicKey to verify by URI; nothing to verify by trust policy", async () => {
    const uri = `awskms:///${await newKey()}`;
    const seen = await front();
    expect(await said(["sign", "app.zip", "--key", uri], at(seen))).toMatch(/^0: /);
    expect(seen.asked.splice(0)).toEqual(["GetPublicKey", "Sign"]);
    expect(await said(["verify", "app.zip", "--key", uri], at(seen))).toMatch(/^0: /);
    expect(seen.asked.splice(0)).toEqual(["GetPublicKey"]);
    expect(await said(["public-key", uri, "--output", "release.pub"], at(seen))).toMatch(/^0: /);
    expect(seen.asked.splice(0)).toEqual(["GetPublicKey"]);
    const authority = `{ key: release.pub, kms: "${uri}" }`;
    desk.write("policy.yaml", `version: 1\nauthorities: { r: ${authority} }\nrules: [{ signedBy: r }]\n`);
    const verify = ["verify", "app.zip", "--trust-policy", "policy.yaml"];
    expect(await said(verify, at(seen))).toMatch(/^0: .*signed by r/s);
    // Nor does it need a region or credentials.
    expect(await said(verify, { AWS_ENDPOINT_URL: `http://127.0.0.1:${seen.port}` })).toMatch(/^0: /);
    expect(seen.asked).toEqual([]);
  });
});

describe("an endpoint in the URI", () => {
  test("is asked by HTTPS, by fnseal and by cosign", async () => {
    await kms.send(new CreateAliasCommand({ AliasName: "alias/endpoint", TargetKeyId: await newKey() }));
    const certificate = await makeCertificate();
    desk.write("ca.pem", certificate.cert);
    const seen = await front({ certificate });
    const uri = `awskms://127.0.0.1:${seen.port}/alias/endpoint`;
    const nowhere = { ...desk.env, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    const env = { ...nowhere, NODE_EXTRA_CA_CERTS: "ca.pem" };
    expect(await said(["sign", "app.zip", "--key", uri], env)).toMatch(/^0: /);
    expect(await said(["verify", "app.zip", "--key", uri], env)).toMatch(/^0: /);
    expect(seen.asked.splice(0)).toEqual(["GetPublicKey", "Sign", "GetPublicKey"]);
    const args = ["verify-blob-attestation", "--key", uri, "--bundle", "app.zip.sigstore.json"];
    const type = ["--type", CODE_PREDICATE_TYPE, "--insecure-ignore-tlog=true", "app.zip"];
    const { status, stderr } = await cosignIn([...args, ...type], {
      ...nowhere,
      SSL_CERT_FILE: "ca.pem",
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(seen.asked).toContain("GetPublicKey");
  });

  test("whose certificate nobody vouches for, or where nobody is, is undecided", async () => {
    const seen = await front({ certificate: await makeCertificate() });
    for (const port of [seen.port, 9]) {
      const uri = `awskms://127.0.0.1:${port}/alias/endpoint`;
      expect(await said(["sign", "app.zip", "--key", uri], desk.env)).toMatch(/^3: .*\[aws-unavailable\]/s);
    }
    expect(seen.asked).toEqual([]);
  });
});

/** Without blocking this process, which serves what cosign asks. */
async function cosignIn(args: string[], env: Env): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(cosign, args, {
    cwd: desk.folder,
    env: { PATH: process.env["PATH"], HOME: desk.folder, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stderr };
}

describe("what KMS answers that is no signature of that key", () => {
  test("an alias that is pointed at another key between two calls", async () => {
    const [first, second] = [await newKey(), await newKey()];
    const change = (action: string, body: string): string =>
      action === "Sign" ? body.replace(first, second) : body;
    const seen = await front({ change });
    const args = ["sign", "app.zip", "--key", `awskms:///${first}`];
    expect(await said(args, at(seen))).toMatch(/^3: .*\[kms-answer-invalid\]/s);
    expect((await desk.fnseal(["verify", "app.zip", "--key", `awskms:///${first}`])).code).toBe(1);
  });
});

describe("who may not", () => {
  test("a user who may read the key and not sign is told what is missing", async () => {
    const arn = await newKey();
    const { accessKeyId, secretAccessKey } = await emulator.asUser("reader");
    const iam = new IAMClient(emulator.config());
    const Statement = [{ Effect: "Allow", Action: "kms:GetPublicKey", Resource: arn }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: "reader", PolicyName: "read", PolicyDocument }));
    const env = { ...desk.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    expect(await said(["public-key", `awskms:///${arn}`], env)).toMatch(/^0: /);
    const refused = await said(["sign", "app.zip", "--key", `awskms:///${arn}`], env);
    expect(refused).toMatch(/^3: .*\[kms-denied\].*kms:Sign/s);
    expect(refused).not.toContain(secretAccessKey);
  });

  test("nobody answers", async () => {
    const uri = `awskms:///${await newKey()}`;
    const refused = await said(["sign", "app.zip", "--key", uri], at({ port: 9 }));
    expect(refused).toMatch(/^3: .*\[aws-unavailable\].*kms:GetPublicKey/s);
  });
});
