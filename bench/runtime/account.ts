import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { digestPath } from "../../core/src/index.ts";
import { type State, stateOf } from "../../test/e2e/runtime/support/state.ts";
import { until } from "../../test/e2e/runtime/support/until.ts";
import { newSigner, signDigests } from "../../test/e2e/support/signing.ts";
import { createRole } from "../../test/support/emulator/resources.ts";
import { type Emulator, startEmulator } from "../../test/support/emulator.ts";
import { deployRuntime, type Runtime } from "../../test/support/runtime.ts";
import { putBundle } from "../../verifier/src/store/index.ts";

const CODE = "bench-code";

/** An account of the emulator, under IAM enforcement, with the verifier's bundle in it. */
export interface BenchAccount {
  readonly emulator: Emulator;
  readonly runtime: Runtime;
  readonly lambda: LambdaClient;
  /** Signs code for every function, and puts the bundle into the store. */
  readonly sign: (code: Buffer) => Promise<void>;
  /** Creates a function, by way of S3, and waits until the verifier has looked at it. */
  readonly create: (name: string, code: Buffer) => Promise<void>;
  readonly state: State;
  /** Hands the verifier the event of a change of the function's code. @returns milliseconds until it has answered */
  readonly tell: (name: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function newBenchAccount(): Promise<BenchAccount> {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  const stop = async (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true });
    await emulator.stop();
  };
  try {
    const config = emulator.config();
    const lambda = new LambdaClient(config);
    const s3 = new S3Client(config);
    const ci = newSigner();
    await s3.send(new CreateBucketCommand({ Bucket: CODE }));
    const Role = await createRole(config, "bench", []);
    const trustPolicy = {
      version: 1,
      authorities: { ci: { key: ci.publicPem } },
      rules: [{ functions: ["*"], signedBy: "ci" }],
    };
    const runtime = await deployRuntime(emulator, { trustPolicy });
    const state = stateOf(emulator, runtime.table);
    return {
      ...{ emulator, runtime, lambda, state, stop },
      create: async (name, Body) => {
        await s3.send(new PutObjectCommand({ Bucket: CODE, Key: name, Body }));
        const shape = { Runtime: "nodejs24.x", Handler: "index.handler", Role } as const;
        const Code = { S3Bucket: CODE, S3Key: name };
        await lambda.send(new CreateFunctionCommand({ FunctionName: name, ...shape, Code }));
        await until(`a look at ${name}`, () => state.recordOf(name));
      },
      sign: async (code) => {
        const path = join(folder, "code.zip");
        writeFileSync(path, code);
        const { digests } = await digestPath(path, { as: "zip" });
        await putBundle(s3, runtime.bucket, Buffer.from(await signDigests(ci, digests)), digests);
      },
      tell: async (name) => {
        const Payload = JSON.stringify({ Records: [recordOf(name, runtime, emulator)] });
        const began = performance.now();
        const answer = await lambda.send(new InvokeCommand({ FunctionName: runtime.functionName, Payload }));
        const milliseconds = performance.now() - began;
        const text = Buffer.from(answer.Payload ?? []).toString();
        const { batchItemFailures } = JSON.parse(text) as { batchItemFailures?: unknown[] };
        if (batchItemFailures?.length !== 0) throw new Error(`the verifier answered ${text}`);
        return milliseconds;
      },
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** As Lambda hands over a message of the event queue. */
function recordOf(functionName: string, { events }: Runtime, { accountId }: Emulator): object {
  const now = new Date().toISOString();
  const detail = {
    eventVersion: "1.11",
    userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${accountId}:user/bench`, accountId },
    eventTime: now,
    eventSource: "lambda.amazonaws.com",
    eventName: "UpdateFunctionCode20150331v2",
    awsRegion: "us-east-1",
    sourceIPAddress: "127.0.0.1",
    requestParameters: { functionName },
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    eventType: "AwsApiCall",
    recipientAccountId: accountId,
  };
  return {
    messageId: randomUUID(),
    receiptHandle: "none",
    eventSourceARN: events.arn,
    attributes: { ApproximateReceiveCount: "1" },
    body: JSON.stringify({
      ...{
        version: "0",
        id: randomUUID(),
        "detail-type": "AWS API Call via CloudTrail",
        source: "aws.lambda",
      },
      ...{ account: accountId, time: now, region: "us-east-1", resources: [], detail },
    }),
  };
}
