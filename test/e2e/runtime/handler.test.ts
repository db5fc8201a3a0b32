import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { createCodeStatement, digestPath, signStatement } from "@fnseal/core";
import { createKey } from "../../../core/test/support.ts";
import { findingSchema } from "../../../verifier/src/model/finding.ts";
import { putBundle } from "../../../verifier/src/store/index.ts";
import { createRole } from "../../support/emulator/resources.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { deployRuntime, type Runtime } from "../../support/runtime.ts";
import { zipOf } from "../support/zip.ts";

const key = createKey();
const trustPolicy = {
  version: 1,
  authorities: { ci: { key: key.pem } },
  rules: [
    { name: "signed", functions: ["*"], signedBy: "ci", runtime: { actions: ["detect", "notify", "block"] } },
  ],
};

const good = zipOf({ "index.js": "exports.handler = async () => 'good';" });
const bad = zipOf({ "index.js": "exports.handler = async () => 'bad';" });

let emulator: Emulator;
let runtime: Runtime;
let lambda: LambdaClient;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fnseal-e2e-"));
  emulator = await startEmulator();
  lambda = new LambdaClient(emulator.config());
  runtime = await deployRuntime(emulator, { trustPolicy });
  await push(good, ["orders"]);
  const role = await createRole(emulator.config(), "orders", []);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "orders",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: role,
      Code: { ZipFile: good },
    }),
  );
});

afterAll(async () => {
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Signs code for functions and puts the bundle into the store. */
async function push(code: Buffer, functions: readonly string[]): Promise<void> {
  const path = join(folder, "code.zip");
  writeFileSync(path, code);
  const { digests } = await digestPath(path, { as: "zip" });
  const statement = createCodeStatement({
    name: "code.zip",
    digests,
    functions,
    layers: [],
    signedAt: new Date(),
  });
  const bundle = Buffer.from(await signStatement(statement, key));
  await putBundle(new S3Client(emulator.config()), runtime.bucket, bundle, digests);
}

async function state(): Promise<{
  concurrency: number | undefined;
  tags: Record<string, string> | undefined;
}> {
  const FunctionName = "orders";
  const { ReservedConcurrentExecutions } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName }),
  );
  const { Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  return { concurrency: ReservedConcurrentExecutions, tags: Tags };
}

describe("the verifier's Lambda", () => {
  it("sweeps the account and tells what is there", async () => {
    const summary = findingSchema.parse(await runtime.sweep(20));
    expect(summary.counts).toEqual({ verified: 1, own: 1 });
  });

  it("finds code that was replaced, tags and blocks the function, and tells who did it", async () => {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: bad }));
    const notice = findingSchema.parse(await runtime.notice(({ status }) => status === "rejected"));
    expect(notice).toMatchObject({
      kind: "function",
      code: "bundle-not-found",
      function: { name: "orders", versions: ["$LATEST"] },
      change: { event: "UpdateFunctionCode20150331v2", who: `arn:aws:iam::${emulator.accountId}:root` },
    });
    expect(notice.done.map(({ action }) => action)).toContain("blocked");
    expect(await state()).toMatchObject({
      concurrency: 0,
      tags: { "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" },
    });
    expect(await runtime.event(({ id }) => id === notice.id)).toEqual(notice);
  });

  it("unblocks it when the signed code comes back", async () => {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: good }));
    const notice = findingSchema.parse(await runtime.notice(({ status }) => status === "verified"));
    expect(notice.done.map(({ action }) => action)).toContain("restored");
    expect(await state()).toMatchObject({ concurrency: undefined, tags: { "fnseal:status": "verified" } });
  });

  it("answers who asks for one function", async () => {
    expect(await runtime.invoke({ function: "orders" })).toMatchObject({
      result: "judged",
      status: "verified",
    });
    expect(await runtime.invoke({ function: runtime.functionName })).toMatchObject({ result: "own" });
    expect(await runtime.invoke({ function: "nobody" })).toMatchObject({ result: "gone" });
  });

  it("tells of a call that somebody else makes with its role", async () => {
    const thief = new LambdaClient(
      emulator.config("us-east-1", await emulator.asRole(runtime.roleArn, "thief")),
    );
    const Resource = `arn:aws:lambda:us-east-1:${emulator.accountId}:function:orders`;
    await thief.send(new TagResourceCommand({ Resource, Tags: { team: "thieves" } }));
    const notice = findingSchema.parse(await runtime.notice(({ kind }) => kind === "tamper", 20));
    expect(notice).toMatchObject({ code: "role-misused", function: { name: "orders" } });
    expect(notice.change?.who).toMatch(/assumed-role\/fnseal-verifier\/thief$/);
  });

  it("takes commands through the operator's alias only", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const pause = { pause: { until, reason: "a test of the levers", by: "alice" } };
    expect(await runtime.invoke(pause)).toMatchObject({
      errorMessage: expect.stringContaining("operator") as string,
    });
    expect(await runtime.invoke(pause, "operator")).toMatchObject({ done: "pause" });
    expect(await runtime.notice(({ kind }) => kind === "operator")).toMatchObject({ code: "blocks-paused" });
  });
});
