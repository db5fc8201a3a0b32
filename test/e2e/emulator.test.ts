import { CloudWatchClient, DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DisableRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient, PutRolePolicyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { PurgeQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startEmulator } from "../support/emulator.ts";
import type { Credentials, Emulator } from "../support/emulator.ts";
import {
  createFunction,
  createQueue,
  createRole,
  createRule,
  receiveUntil,
} from "../support/emulator/resources.ts";
import type { Queue } from "../support/emulator/resources.ts";
import { zipOf } from "./support/zip.ts";

interface Identity {
  type: string;
  arn: string;
  userName?: string;
  sessionContext?: { sessionIssuer: { arn: string; userName: string } };
}

interface TrailEvent {
  account: string;
  region: string;
  source: string;
  detail: {
    eventName: string;
    eventSource: string;
    awsRegion: string;
    userIdentity: Identity;
    requestParameters: Record<string, unknown> | null;
    responseElements: Record<string, unknown> | null;
    requestID: string;
    errorCode?: string;
  };
}

const ECHO = "exports.handler = async (event) => event;";
const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" } as const;
const CODE_UPDATE = "UpdateFunctionCode20150331v2";

let emulator: Emulator;
let admin: string;
let trail: Queue;

beforeAll(async () => {
  emulator = await startEmulator();
  const config = emulator.config();
  admin = await createRole(config, "admin", [EVERYTHING]);
  trail = await createQueue(config, "trail");
  const pattern = { "detail-type": ["AWS API Call via CloudTrail"] };
  await createRule(config, "trail", { pattern }, { Arn: trail.arn });
}, 180_000);
afterAll(() => emulator.stop());

const lambdaOf = (credentials?: Credentials, region?: string): LambdaClient =>
  new LambdaClient(emulator.config(region, credentials));
const eventOf = (wanted: (event: TrailEvent) => boolean): Promise<TrailEvent> =>
  receiveUntil(emulator.config(), trail, wanted);
const updateCode = (name: string, code: string): UpdateFunctionCodeCommand =>
  new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zipOf({ "index.js": code }) });
const nameOf = async (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => "no error",
    (cause: unknown) => (cause instanceof Error ? cause.name : String(cause)),
  );
const find = (name: string, qualifier?: string): GetFunctionCommand =>
  new GetFunctionCommand({
    FunctionName: name,
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
  });
const linkTo = async (name: string, qualifier?: string): Promise<string> =>
  (await lambdaOf().send(find(name, qualifier))).Code?.Location ?? "";
const bytesAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());
describe("CloudTrail's events", () => {
  const callers = async (): Promise<[Credentials | undefined, Partial<Identity>][]> => {
    const user = await emulator.asUser("intruder");
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [EVERYTHING] });
    await new IAMClient(emulator.config()).send(
      new PutUserPolicyCommand({ UserName: "intruder", PolicyName: "all", PolicyDocument }),
    );
    const sessionIssuer = { arn: admin, userName: "admin" };
    const session = `arn:aws:sts::${emulator.accountId}:assumed-role/admin/deploy`;
    return [
      [
        await emulator.asRole(admin, "deploy"),
        {
          type: "AssumedRole",
          arn: session,
          sessionContext: { sessionIssuer },
        },
      ],
      [user, { type: "IAMUser", userName: "intruder" }],
      [undefined, { type: "Root", arn: `arn:aws:iam::${emulator.accountId}:root` }],
    ];
  };

  test("a code update by a role, a user and root names who did it, and neither code nor environment", async () => {
    const Environment = { Variables: { PASSWORD: "do-not-tell" } };
    await createFunction(emulator.config(), "updated", admin, ECHO, { Environment });
    for (const [credentials, identity] of await callers()) {
      const answer = await lambdaOf(credentials).send(
        updateCode("updated", `${ECHO}//${identity.type ?? ""}`),
      );
      const event = await eventOf(({ detail }) => detail.requestID === answer.$metadata.requestId);
      expect(event).toMatchObject({ source: "aws.lambda", account: emulator.accountId, region: "us-east-1" });
      expect(event.detail).toMatchObject({
        eventSource: "lambda.amazonaws.com",
        eventName: CODE_UPDATE,
        userIdentity: identity,
        requestParameters: { functionName: "updated" },
        responseElements: { functionName: "updated", codeSha256: answer.CodeSha256, environment: {} },
      });
      expect(event.detail).not.toHaveProperty("errorCode");
      expect(JSON.stringify(event)).not.toMatch(/zipFile|do-not-tell/i);
    }
  });

  test("a configuration update says that there is an environment, not what is in it", async () => {
    const Environment = { Variables: { PASSWORD: "do-not-tell" } };
    const command = new UpdateFunctionConfigurationCommand({ FunctionName: "updated", Environment });
    await lambdaOf().send(command);
    const event = await eventOf(({ detail }) => detail.eventName === "UpdateFunctionConfiguration20150331v2");
    expect(event.detail.requestParameters).toEqual({ functionName: "updated", environment: {} });
    expect(JSON.stringify(event)).not.toContain("do-not-tell");
  });

  test("a call that failed or was denied has an errorCode and no answer", async () => {
    await nameOf(lambdaOf().send(updateCode("absent", ECHO)));
    const absent = await eventOf(({ detail }) => detail.eventName === CODE_UPDATE);
    expect(absent.detail).toMatchObject({ errorCode: "ResourceNotFoundException", responseElements: null });
    const nobody = lambdaOf(await emulator.asUser("nobody"));
    expect(await nameOf(nobody.send(updateCode("updated", ECHO)))).toBe("AccessDeniedException");
    const denied = await eventOf(({ detail }) => detail.eventName === CODE_UPDATE);
    expect(denied.detail).toMatchObject({ errorCode: "AccessDenied", userIdentity: { userName: "nobody" } });
  });

  test("other services' calls have their own names and parameters", async () => {
    const config = emulator.config();
    const other = await createQueue(config, "purged");
    await new SQSClient(config).send(new PurgeQueueCommand({ QueueUrl: other.url }));
    const purge = await eventOf(({ detail }) => detail.eventName === "PurgeQueue");
    expect(purge).toMatchObject({
      source: "aws.sqs",
      detail: { eventSource: "sqs.amazonaws.com", requestParameters: { queueUrl: other.url } },
    });
    await createRule(config, "idle", { pattern: { source: ["nothing"] } }, { Arn: other.arn });
    await new EventBridgeClient(config).send(new DisableRuleCommand({ Name: "idle" }));
    const disabled = await eventOf(({ detail }) => detail.eventName === "DisableRule");
    expect(disabled).toMatchObject({ source: "aws.events", detail: { requestParameters: { name: "idle" } } });
    await new CloudWatchClient(config).send(new DeleteAlarmsCommand({ AlarmNames: ["errors"] }));
    const alarm = await eventOf(({ detail }) => detail.eventName === "DeleteAlarms");
    expect(alarm.detail).toMatchObject({
      eventSource: "monitoring.amazonaws.com",
      requestParameters: { alarmNames: ["errors"] },
    });
  });

  test("IAM's come in us-east-1, wherever the call was made", async () => {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [EVERYTHING] });
    await new IAMClient(emulator.config("eu-west-1")).send(
      new PutRolePolicyCommand({ RoleName: "admin", PolicyName: "more", PolicyDocument }),
    );
    const event = await eventOf(
      ({ detail }) => detail.eventName === "PutRolePolicy" && detail.requestParameters?.policyName === "more",
    );
    expect(event).toMatchObject({ region: "us-east-1", detail: { awsRegion: "us-east-1" } });
  });
});

describe("Lambda's API", () => {
  const oldCode = zipOf({ "index.js": "// old" });
  const newCode = zipOf({ "index.js": "// new" });
  const update = (ZipFile: Buffer, more: { DryRun?: boolean } = {}): UpdateFunctionCodeCommand =>
    new UpdateFunctionCodeCommand({ FunctionName: "linked", ZipFile, ...more });

  beforeAll(async () => {
    await createFunction(emulator.config(), "linked", admin, "// first");
    await lambdaOf().send(update(oldCode));
    await lambdaOf().send(new PublishVersionCommand({ FunctionName: "linked" }));
  });

  test("a link names exact bytes: an old one goes on to serve the old code, a version's its own", async () => {
    const before = await linkTo("linked");
    await lambdaOf().send(update(newCode));
    expect(await bytesAt(before)).toEqual(oldCode);
    expect(await bytesAt(await linkTo("linked"))).toEqual(newCode);
    expect(await bytesAt(await linkTo("linked", "1"))).toEqual(oldCode);
  });

  test("a dry run changes nothing", async () => {
    const { CodeSha256 } = (await lambdaOf().send(find("linked"))).Configuration ?? {};
    const answer = await lambdaOf().send(update(zipOf({ "index.js": "// dry" }), { DryRun: true }));
    expect(answer.CodeSha256).not.toBe(CodeSha256);
    expect((await lambdaOf().send(find("linked"))).Configuration?.CodeSha256).toBe(CodeSha256);
  });

  test("a version is published only of the code that was meant", async () => {
    const command = new PublishVersionCommand({ FunctionName: "linked", CodeSha256: "b3RoZXI=" });
    expect(await nameOf(lambdaOf().send(command))).toBe("InvalidParameterValueException");
  });

  test("reserved concurrency is the function's, and not below what is provisioned", async () => {
    const reserve = (value: number): Promise<unknown> =>
      lambdaOf().send(
        new PutFunctionConcurrencyCommand({ FunctionName: "linked", ReservedConcurrentExecutions: value }),
      );
    await reserve(7);
    expect((await lambdaOf().send(find("linked"))).Concurrency?.ReservedConcurrentExecutions).toBe(7);
    expect((await lambdaOf().send(find("linked", "1"))).Concurrency).toBeUndefined();
    const provision = { FunctionName: "linked", Qualifier: "1", ProvisionedConcurrentExecutions: 2 };
    await lambdaOf().send(new PutProvisionedConcurrencyConfigCommand(provision));
    expect(await nameOf(reserve(0))).toBe("InvalidParameterValueException");
    await reserve(2);
    // An account has 1000, and 100 stay free.
    expect(await nameOf(reserve(901))).toBe("InvalidParameterValueException");
  });

  test("code that is not in the bucket is refused", async () => {
    const from = { FunctionName: "linked", S3Bucket: "absent", S3Key: "code.zip" };
    expect(await nameOf(lambdaOf().send(new UpdateFunctionCodeCommand(from)))).toBe(
      "InvalidParameterValueException",
    );
  });
});

test("after a reset nothing is known", async () => {
  await emulator.reset();
  expect(await nameOf(lambdaOf().send(find("linked")))).toBe("ResourceNotFoundException");
});
