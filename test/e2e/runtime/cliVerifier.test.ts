import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CloudTrailClient,
  CreateTrailCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionConcurrencyCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createFunction, createRole } from "../../support/emulator/resources.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { deployRuntime, type Runtime } from "../../support/runtime.ts";
import { zipOf } from "../support/zip.ts";
import { Desk } from "./support/cli.ts";

const GOOD = "exports.handler = async () => 'good';";
const BAD = "exports.handler = async () => 'bad';";
const REASON = ["--reason", "INC-42: a test"];

let emulator: Emulator;
let runtime: Runtime;
let desk: Desk;
let lambda: LambdaClient;

beforeAll(async () => {
  emulator = await startEmulator();
  desk = new Desk(emulator.environment);
  lambda = new LambdaClient(emulator.config());
  await desk.key("ci");
  const trustPolicy = {
    version: 1,
    authorities: { ci: { key: readFileSync(join(desk.folder, "ci.pub"), "utf8") } },
    rules: [{ signedBy: "ci", runtime: { actions: ["detect", "notify", "block"] } }],
  };
  desk.write("fnseal/trust-policy.yaml", JSON.stringify(trustPolicy));
  desk.write("good.zip", zipOf({ "index.js": GOOD }));
  expect(await desk.fnseal(["sign", "good.zip", "--key", "ci.key"])).toMatchObject({ code: 0 });
  runtime = await deployRuntime(emulator, { trustPolicy, settings: { regions: ["us-east-1", "eu-west-1"] } });
});

afterAll(async () => {
  desk.remove();
  await emulator.stop();
});

async function deploy(name: string, code: string): Promise<void> {
  const role = await createRole(emulator.config(), name, []);
  await createFunction(emulator.config(), name, role, code);
}

async function update(name: string, code: string): Promise<void> {
  const ZipFile = zipOf({ "index.js": code });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile }));
}

async function concurrencyOf(name: string): Promise<number | undefined> {
  const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
  return answer.ReservedConcurrentExecutions;
}

interface Status {
  readonly functions: readonly Record<string, unknown>[];
  readonly regions: readonly { region: string; sweep: unknown; trail: { trails: readonly string[] } }[];
  readonly obstacles: readonly string[];
  readonly problems: readonly unknown[];
  readonly [field: string]: unknown;
}

async function status(): Promise<Status & { readonly code: number | null }> {
  const { code, results, error } = await desk.json(["status"]);
  expect(error).toBeUndefined();
  return { ...(results[0] as unknown as Status), code };
}

describe("beside an installed verifier", () => {
  test("push finds its store", async () => {
    const pushed = await desk.json(["push", "good.zip.sigstore.json"]);
    expect(pushed).toMatchObject({ code: 0, results: [{ status: "done", store: `s3://${runtime.bucket}` }] });
  });

  test("status of an account without functions says what is missing; the first sweeps start by themselves", async () => {
    const unswept = ({ obstacles }: Status): readonly string[] =>
      obstacles.filter((text) => text.includes("not swept yet"));
    let first = await status();
    for (let tries = 0; tries < 30 && unswept(first).length > 0; tries++) {
      await sleep(1000);
      first = await status();
    }
    expect(first).toMatchObject({ code: 3, functions: [], problems: [], pause: null });
    expect(first.obstacles.filter((text) => text.includes("no trail"))).toHaveLength(2);
    expect(unswept(first)).toEqual([]);
  });

  test("scan and verify use its store, and leave the verifier itself out", async () => {
    await deploy("orders", GOOD);
    const scan = await desk.json(["scan", "--no-budget"]);
    expect(scan).toMatchObject({ code: 0, results: [{ function: "orders", status: "verified" }] });
    expect(scan.results).toHaveLength(1);
    expect(
      await desk.fnseal(["verify", "--function", "orders", "--verifier", runtime.functionName]),
    ).toMatchObject({
      code: 0,
    });
  });

  test("names a verifier that is none", async () => {
    const other = await desk.json(["status", "--verifier", "orders"]);
    expect(other).toMatchObject({ code: 2, error: { code: "verifier-not-found" } });
    const nowhere = await desk.json(["status", "--verifier-region", "eu-west-1"]);
    expect(nowhere).toMatchObject({ code: 2, error: { code: "verifier-not-found" } });
  });

  test("status shows sweeps, trails, subscriptions and queues", async () => {
    await runtime.sweep(30);
    await runtime.sweep(30);
    await new S3Client(emulator.config()).send(new CreateBucketCommand({ Bucket: "trail" }));
    const trails = new CloudTrailClient(emulator.config());
    await trails.send(
      new CreateTrailCommand({ Name: "all", S3BucketName: "trail", IsMultiRegionTrail: true }),
    );
    await trails.send(new StartLoggingCommand({ Name: "all" }));
    const good = await status();
    expect(good.regions[0]).toMatchObject({ region: "us-east-1", trail: { trails: ["all"] } });
    expect(good.functions).toMatchObject([{ function: "orders", status: "verified", block: null }]);
    expect(good.subscriptions).toEqual({ confirmed: 1, unconfirmed: [] });
    expect(
      good.obstacles.filter((text) => text.includes("not swept yet") || text.includes("us-east-1")),
    ).toEqual([]);
    await trails.send(new StopLoggingCommand({ Name: "all" }));
    const stopped = await status();
    expect(stopped.obstacles.join("\n")).toContain("all: logging is stopped");
    await trails.send(new StartLoggingCommand({ Name: "all" }));
  });

  test("status tells who was asked and has not said yes", async () => {
    const sns = new SNSClient(emulator.config());
    const Endpoint = "oncall@example.com";
    await sns.send(new SubscribeCommand({ TopicArn: runtime.topicArn, Protocol: "email", Endpoint }));
    const waiting = await status();
    expect(waiting.subscriptions).toEqual({ confirmed: 1, unconfirmed: [`email ${Endpoint}`] });
    expect(waiting.obstacles.join("\n")).toContain(Endpoint);
  });

  test("status tells of dead letters", async () => {
    await new SQSClient(emulator.config()).send(
      new SendMessageCommand({ QueueUrl: runtime.eventsDead.url, MessageBody: "{}" }),
    );
    const { obstacles, code } = await status();
    expect(code).toBe(3);
    expect(obstacles).toContain("1 message could not be handled and lie in fnseal-events-dead");
  });

  test("status shows a block, and a function's history", async () => {
    await update("orders", BAD);
    await runtime.notice(({ status: verdict }) => verdict === "rejected");
    const blocked = await status();
    expect(blocked.code).toBe(1);
    expect(blocked.functions).toMatchObject([
      { function: "orders", status: "rejected", block: { state: "blocked" } },
    ]);
    const text = await desk.fnseal(["status"]);
    expect(text.stdout).toMatch(/^rejected +orders +us-east-1 +\S+ +blocked +\[bundle-not-found\]$/m);
    expect(text.stdout).toContain("breaker: 1 of 5 blocks in the last hour");
    const one = await desk.json(["status", "orders"]);
    expect(one).toMatchObject({ code: 1, results: [{ function: "orders", status: "rejected" }] });
    const [newest] = one.results[0]?.["history"] as Record<string, unknown>[];
    expect(newest).toMatchObject({ status: "rejected", code: "bundle-not-found" });
    const history = await desk.fnseal(["status", "orders"]);
    expect(history.stdout).toContain("to be given back: reserved concurrency not set");
    expect(history.stdout).toMatch(/rejected +\[bundle-not-found\] +.*blocked/);
    expect(await desk.json(["status", "nobody"])).toMatchObject({
      code: 3,
      error: { code: "function-not-found" },
    });
  });

  test("status does not hide an item that somebody wrote over", async () => {
    const item = {
      pk: { S: "function" },
      sk: { S: `${emulator.accountId}/us-east-1/forged` },
      revision: { N: "1" },
    };
    await new DynamoDBClient(emulator.config()).send(
      new PutItemCommand({
        TableName: runtime.table,
        Item: { ...item, value: { S: '{"judged":"verified"}' } },
      }),
    );
    const { obstacles, functions } = await status();
    expect(obstacles.join("\n")).toContain("an item of the state table cannot be read: function");
    expect(functions).toHaveLength(1);
  });
});

describe("the levers", () => {
  test("release lets a blocked function run, tells everyone, and can be ended", async () => {
    expect(await concurrencyOf("orders")).toBe(0);
    const ran = await desk.fnseal(["release", "orders", ...REASON, "--until", "8h"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^orders may run until \S+Z\n {2}by: arn:aws:iam::\d+:root/);
    expect(await concurrencyOf("orders")).toBeUndefined();
    expect(await runtime.notice(({ code }) => code === "function-released")).toMatchObject({
      kind: "operator",
      text: expect.stringContaining("INC-42: a test") as string,
    });
    const released = await status();
    expect(released.functions).toMatchObject([{ release: { reason: "INC-42: a test" } }]);
    const ended = await desk.json(["release", "orders", "--end"]);
    expect(ended).toMatchObject({ code: 0, results: [{ status: "done" }] });
    expect((await status()).functions).toMatchObject([{ release: null }]);
  });

  test("pause holds what would be blocked, until it is ended", async () => {
    const paused = await desk.json(["pause", ...REASON, "--until", "2d"]);
    expect(paused).toMatchObject({ code: 0, results: [{ status: "done", answer: { done: "pause" } }] });
    expect(await status()).toMatchObject({ pause: { reason: "INC-42: a test" } });
    expect((await desk.fnseal(["status"])).stdout).toContain("! nothing is blocked anew until");
    expect(await desk.fnseal(["pause", "--end"])).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ pause: null });
  });

  test("unblock --all lifts every block", async () => {
    await update("orders", `${BAD} `);
    await runtime.notice(({ done }) => done.some(({ action }) => action === "blocked"));
    expect(await concurrencyOf("orders")).toBe(0);
    const ran = await desk.fnseal(["unblock", "--all", ...REASON]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("every block is lifted");
    expect(await concurrencyOf("orders")).toBeUndefined();
  });

  test("say what the verifier refuses", async () => {
    const refused = await desk.json(["release", "nobody", ...REASON, "--until", "1h"]);
    expect(refused).toMatchObject({ code: 3, error: { code: "verifier-refused" } });
    expect(JSON.stringify(refused.error)).toContain("there is no function");
  });

  test("need the permission to invoke the alias, and nothing else of Lambda's", async () => {
    const bob = await emulator.asUser("bob");
    const arn = `arn:aws:lambda:us-east-1:${emulator.accountId}:function:${runtime.functionName}`;
    const allow = (...statements: readonly object[]) =>
      new IAMClient(emulator.config()).send(
        new PutUserPolicyCommand({
          UserName: "bob",
          PolicyName: "own",
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        }),
      );
    const find = {
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:ListFunctions"],
      Resource: "*",
    };
    const { env } = desk;
    desk.env = { ...env, AWS_ACCESS_KEY_ID: bob.accessKeyId, AWS_SECRET_ACCESS_KEY: bob.secretAccessKey };
    try {
      // Whoever may only ask about functions may not pull a lever.
      await allow(find, { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: arn });
      const denied = await desk.json(["pause", "--end"]);
      expect(denied).toMatchObject({ code: 3, error: { code: "aws-denied" } });
      expect(JSON.stringify(denied.error)).toContain("lambda:InvokeFunction is denied");
      await allow(find, { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: `${arn}:operator` });
      const done = await desk.json(["pause", "--end"]);
      expect(done).toMatchObject({
        code: 0,
        results: [{ by: `arn:aws:iam::${emulator.accountId}:user/bob` }],
      });
      // The rest of what bob may not see is named, not hidden.
      const blind = await desk.json(["status"]);
      expect(blind.code).toBe(3);
      const [{ problems }] = blind.results as [{ problems: { code: string; message: string }[] }];
      expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["aws-denied"]));
      const actions = problems.map(({ message }) => message.split(" ")[0]);
      expect(actions).toEqual(
        expect.arrayContaining(["lambda:GetFunction", "dynamodb:Query", "sns:ListSubscriptionsByTopic"]),
      );
    } finally {
      desk.env = env;
    }
  });
});
