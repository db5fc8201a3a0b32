import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createAttestation, type DigestSet, signStatement } from "@fnseal/core";
import { newSigner, signBeside, type Signer } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";
import { changesOf } from "./support/changes.ts";
import { type Installation, newInstallation, POLICY_FILE } from "./support/installed.ts";

const BUCKET = "bundles-of-the-test";
const PROGRAM = `
const { FunctionSignature, SignedFunction } = require("@fnseal/provider");
const shared = { trustPolicy: "${POLICY_FILE}", bucket: "${BUCKET}", region: "us-east-1" };
const orders = new SignedFunction("orders", {
  ...shared,
  name: "orders",
  code: "./code.zip",
  role: "arn:aws:iam::123456789012:role/runs",
  runtime: "nodejs24.x",
  handler: "index.handler",
});
const now = new FunctionSignature("orders", { ...shared, functionName: orders.function.name });
exports.status = now.status;
exports.code = now.code;
`;
const ZIP = zipOf({ "index.js": "exports.handler = async () => 'signed';" });
const EVIL = zipOf({ "index.js": "exports.handler = async () => 'evil';" });

jest.setTimeout(300_000);

/** An emulator with a bucket and a role, and a project whose function is to be signed by `ci`. */
async function prepared(program: string, policy: object): Promise<[Installation, S3Client]> {
  const files = { [POLICY_FILE]: JSON.stringify({ version: 1, ...policy }), "code.zip": ZIP };
  const installed = await newInstallation({ program, files }, "direct");
  const { emulator } = installed;
  const s3 = new S3Client({ ...emulator.config(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
  await new IAMClient(emulator.config()).send(
    new CreateRoleCommand({ RoleName: "runs", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  return [installed, s3];
}

async function keysOf(s3: S3Client): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = "" }) => Key).sort();
}

describe("a signed function and its state", () => {
  const ci: Signer = newSigner();
  let installed: Installation;
  let s3: S3Client;

  beforeAll(async () => {
    [installed, s3] = await prepared(PROGRAM, {
      authorities: { ci: { key: ci.publicPem } },
      rules: [{ functions: ["*"], signedBy: "ci" }],
    });
  });
  afterAll(() => installed.remove());

  const stored = (): Promise<readonly string[]> => keysOf(s3);

  test("a bundle of somebody else stops it before the code is deployed", async () => {
    await signBeside(newSigner(), join(installed.project.folder, "code.zip"));
    const { exitCode, stdout, stderr } = await installed.run("up");
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('[signer-not-trusted] ./code.zip is rejected for function "orders"');
    expect(await stored()).toEqual([]);
  });

  test("a good bundle is stored under each digest, then the function is verified", async () => {
    const { digests } = await signBeside(ci, join(installed.project.folder, "code.zip"));
    const { exitCode, stdout, stderr } = await installed.run("up");
    expect({ exitCode, said: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, said: "" });
    expect(await installed.outputs()).toMatchObject({ status: "verified", code: "" });
    const folders = (await stored()).map((key) => key.split("/").slice(0, 2).join("/"));
    expect(folders).toEqual(
      Object.entries(digests)
        .map(([algorithm, hex]) => `${algorithm}/${hex}`)
        .sort(),
    );
    expect(changesOf(await installed.run("up"))).toEqual([]);
  });

  test("nothing of the SDK and no credentials are in the state", async () => {
    const { stdout } = await installed.project.pulumi([
      "stack",
      "export",
      "--stack",
      "dev",
      "--show-secrets",
    ]);
    expect(stdout).toContain("@fnseal/provider/dynamic");
    expect(stdout).not.toMatch(/aws-sdk|secretAccessKey|AKIA|accessKeyId/);
    expect(stdout.length).toBeLessThan(60_000);
  });

  test("code swapped behind Pulumi's back is shown by refresh", async () => {
    const lambda = new LambdaClient(installed.emulator.config());
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: EVIL }));
    expect((await installed.run("refresh")).exitCode).toBe(0);
    const { stdout } = await installed.project.pulumi(["stack", "export", "--stack", "dev"]);
    const state = JSON.parse(stdout) as {
      deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
    };
    const found = state.deployment.resources.find(({ type }) => type.endsWith("FunctionSignature"));
    expect(found?.outputs).toMatchObject({ status: "rejected", code: "bundle-not-found" });
  });

  test("deleting removes its own bundle and leaves another signer's", async () => {
    const [own = ""] = await stored();
    const other = `${own.slice(0, own.lastIndexOf("/"))}/${"0".repeat(64)}.sigstore.json`;
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: other, Body: "{}" }));
    expect((await installed.run("destroy")).exitCode).toBe(0);
    expect(await stored()).toEqual([other]);
  });
});

describe("a function whose trust policy asks for attestations besides", () => {
  const [ci, scanner] = [newSigner(), newSigner()];
  const SBOM = "https://spdx.dev/Document";
  const REVIEW = "https://acme.example/review/v1";
  const LONE = `
const { SignatureBundle } = require("@fnseal/provider");
const { readdirSync } = require("node:fs");
for (const bundle of readdirSync("lone")) {
  new SignatureBundle(bundle, { bundle: "lone/" + bundle, ...shared, functionName: "orders" });
}
`;
  let installed: Installation;
  let s3: S3Client;
  let digests: DigestSet;

  beforeAll(async () => {
    [installed, s3] = await prepared(`${PROGRAM}${LONE}`, {
      authorities: { ci: { key: ci.publicPem }, scanner: { key: scanner.publicPem } },
      rules: [
        {
          ...{ functions: ["orders"], signedBy: "ci" },
          attestations: [{ sbom: true, signedBy: "scanner" }],
        },
        { functions: ["payments"], signedBy: "ci", attestations: [{ predicateType: REVIEW }] },
      ],
    });
    ({ digests } = await signBeside(ci, at("code.zip")));
    mkdirSync(at("lone"));
  });
  afterAll(() => installed.remove());

  const at = (path: string): string => join(installed.project.folder, path);
  const attest = async (
    path: string,
    signer: Signer,
    predicateType: string,
    predicate: object,
  ): Promise<void> => {
    const statement = createAttestation({ name: "code.zip", digests, predicateType, predicate });
    writeFileSync(at(path), await signStatement(statement, signer.key));
  };
  const sbom = { spdxVersion: "SPDX-2.3", packages: [{ name: "left-pad", versionInfo: "1.3.0" }] };

  /** What `up` says where it fails. */
  async function refusal(): Promise<string> {
    const { exitCode, stdout, stderr } = await installed.run("up");
    expect(exitCode).not.toBe(0);
    return stdout + stderr;
  }

  test("is not deployed without them, nor with a stranger's", async () => {
    expect(await refusal()).toContain("[attestation-missing]");
    await attest("code.zip.sbom.sigstore.json", ci, SBOM, sbom);
    expect(await refusal()).toContain("[signer-not-trusted]");
    await attest("code.zip.sbom.sigstore.json", scanner, SBOM, { spdxVersion: "SPDX-2.3", packages: [] });
    expect(await refusal()).toContain("[attestation-malformed]");
    expect(await keysOf(s3)).toEqual([]);
  });

  test("is deployed with them: both bundles are in the store, and it is verified", async () => {
    await attest("code.zip.sbom.sigstore.json", scanner, SBOM, sbom);
    const { exitCode, stdout, stderr } = await installed.run("up");
    expect({ exitCode, said: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, said: "" });
    expect(await installed.outputs()).toMatchObject({ status: "verified", code: "" });
    expect(await keysOf(s3)).toHaveLength(2 * Object.keys(digests).length);
  });

  test.each([
    ["a type that no rule about the function asks for", ci, REVIEW, "type-not-accepted"],
    ["a signer who is not the wanted one", newSigner(), SBOM, "signer-not-trusted"],
  ])("a SignatureBundle of %s is not stored", async (_, signer, type, code) => {
    await attest("lone/lone.sigstore.json", signer, type, sbom);
    expect(await refusal()).toContain(code);
    expect(await keysOf(s3)).toHaveLength(2 * Object.keys(digests).length);
  });

  test("a SignatureBundle stores an attestation by itself, and takes it away again", async () => {
    await attest("lone/lone.sigstore.json", scanner, SBOM, { ...sbom, name: "another" });
    expect((await installed.run("up")).exitCode).toBe(0);
    expect(await keysOf(s3)).toHaveLength(3 * Object.keys(digests).length);
    expect((await installed.run("destroy")).exitCode).toBe(0);
    expect(await keysOf(s3)).toEqual([]);
  });
});
