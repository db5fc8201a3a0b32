import {
  CreateFunctionCommand,
  type LambdaClient,
  PublishLayerVersionCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Caller, type CallerName, CALLERS, newCallers } from "./support/callers.ts";
import { codeOf } from "./support/functions.ts";
import { type Change, nameOf, type Tried, tryEach } from "./support/tried.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const BUCKET = "build-results";
const GOOD = codeOf("signed");
const OTHER = codeOf("signed as well");
const BAD = codeOf("not signed");

let watched: Watched;
const signed = (name: string): Promise<void> => watched.functions.create(name, GOOD);

const create =
  (ZipFile: Buffer) =>
  (FunctionName: string, lambda: LambdaClient): Promise<unknown> => {
    const shape = { Runtime: "nodejs24.x", Handler: "index.handler" } as const;
    const Role = watched.functions.roleArn;
    return lambda.send(new CreateFunctionCommand({ FunctionName, Role, ...shape, Code: { ZipFile } }));
  };

/** With what nobody signed. */
const UNSIGNED = {
  created: { event: "CreateFunction", isTold: true, change: create(BAD) },
  zipped: {
    event: "UpdateFunctionCode",
    isTold: true,
    before: signed,
    change: (FunctionName, lambda) =>
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: BAD })),
  },
  fetched: {
    event: "UpdateFunctionCode",
    isTold: true,
    before: signed,
    change: (FunctionName, lambda) =>
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, S3Bucket: BUCKET, S3Key: "bad.zip" })),
  },
  layered: {
    event: "UpdateFunctionConfiguration",
    isTold: true,
    before: signed,
    change: async (FunctionName, lambda) => {
      const layer = { LayerName: `under-${FunctionName}`, Content: { ZipFile: BAD } };
      const { LayerVersionArn = "" } = await lambda.send(new PublishLayerVersionCommand(layer));
      const Layers = [LayerVersionArn];
      return lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers }));
    },
  },
} as const satisfies Record<string, Change>;

/** With what a known signer signed, or with nothing that a signature is about. */
const HARMLESS = {
  added: { event: "CreateFunction", isTold: false, change: create(GOOD) },
  renewed: {
    event: "UpdateFunctionCode",
    isTold: false,
    before: signed,
    change: (FunctionName, lambda) =>
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: OTHER })),
  },
  configured: {
    event: "UpdateFunctionConfiguration",
    isTold: false,
    before: signed,
    change: (FunctionName, lambda) => {
      const Environment = { Variables: { LEVEL: "debug" } };
      return lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
    },
  },
  reserved: {
    event: "PutFunctionConcurrency",
    isTold: false,
    before: signed,
    change: (FunctionName, lambda) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 })),
  },
  labelled: {
    event: "TagResource",
    isTold: false,
    before: signed,
    change: (name, lambda) =>
      lambda.send(new TagResourceCommand({ Resource: watched.functions.arnOf(name), Tags: { team: "a" } })),
  },
} as const satisfies Record<string, Change>;

jest.setTimeout(300_000);

describe("what a function runs is changed by a role's session, an IAM user and root", () => {
  let callers: Readonly<Record<CallerName, Caller>>;
  let tried: Tried<keyof typeof UNSIGNED | keyof typeof HARMLESS>;

  beforeAll(async () => {
    watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } } });
    const { emulator, functions } = watched;
    callers = await newCallers(emulator);
    await functions.sign(GOOD);
    await functions.sign(OTHER);
    const s3 = new S3Client(emulator.config());
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "bad.zip", Body: BAD }));
    tried = await tryEach(watched, callers, { ...UNSIGNED, ...HARMLESS });
    process.stdout.write(`code: ${tried.latency}\n`);
  });
  afterAll(() => watched.remove());

  test.each(Object.keys(UNSIGNED) as (keyof typeof UNSIGNED)[])(
    "%s with what nobody signed: blocked, tagged, told once by whom",
    (label) => {
      for (const who of CALLERS) {
        const outcome = tried.outcomes[label][who];
        const event = expect.stringMatching(`^${UNSIGNED[label].event}\\d{8}`) as string;
        expect(outcome).toMatchObject({
          findings: [
            {
              kind: "function",
              status: "rejected",
              code: "bundle-not-found",
              account: watched.emulator.accountId,
              region: "us-east-1",
              function: { name: nameOf(label, who), versions: ["$LATEST"] },
              change: { event, who: callers[who].arn, from: "127.0.0.1" },
              done: [{ action: "blocked" }],
            },
          ],
          status: "rejected",
          block: "blocked",
          concurrency: 0,
          tags: { "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" },
        });
      }
    },
  );

  test("a layer version that nobody signed is told once, when it is published", async () => {
    const layers = (await watched.notices.all()).filter(({ finding }) => finding.kind === "layer");
    const told = layers.map(({ finding: { code, text, change } }) => {
      const layer = /:layer:([a-z-]+):1 would not pass/.exec(text)?.[1];
      return [layer, code, change?.who];
    });
    const wanted = CALLERS.map((who) => [
      `under-${nameOf("layered", who)}`,
      "layer-unsigned",
      callers[who].arn,
    ]);
    expect(told.sort()).toEqual(wanted.sort());
  });

  test.each(Object.keys(HARMLESS) as (keyof typeof HARMLESS)[])(
    "%s with what a known signer signed: verified, and nobody is told",
    (label) => {
      for (const who of CALLERS) {
        expect(tried.outcomes[label][who]).toEqual({
          findings: [],
          status: "verified",
          block: undefined,
          concurrency: label === "reserved" ? 7 : undefined,
          tags: { "fnseal:status": "verified", ...(label === "labelled" ? { team: "a" } : {}) },
        });
      }
    },
  );

  test("nothing is left over", async () => {
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
