import { join } from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
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

describe("a signed function and its state", () => {
  const ci: Signer = newSigner();
  let installed: Installation;
  let s3: S3Client;

  beforeAll(async () => {
    const policy = {
      version: 1,
      authorities: { ci: { key: ci.publicPem } },
      rules: [{ functions: ["*"], signedBy: "ci" }],
    };
    const files = { [POLICY_FILE]: JSON.stringify(policy), "code.zip": ZIP };
    installed = await newInstallation({ program: PROGRAM, files }, "direct");
    const { emulator } = installed;
    s3 = new S3Client({ ...emulator.config(), forcePathStyle: true });
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
  });
  afterAll(() => installed.remove());

  const stored = async (): Promise<readonly string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key = "" }) => Key).sort();
  };

  test("a bundle of somebody else stops it before the code is deployed", async () => {
    await signBeside(newSigner(), join(installed.project.folder, "code.zip"));
    const { exitCode, stdout, stderr } = await installed.run("up");
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("orders: ");
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
