import { CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { codeOf } from "./support/functions.ts";
import { partsOf } from "./support/parts.ts";
import { newWatched, type Watched } from "./support/watched.ts";

jest.setTimeout(300_000);

const REGIONS = ["us-east-1", "eu-west-1"];
let watched: Watched;

/** Blocked functions, and what was reserved before. */
const BLOCKED = [
  { name: "none", region: "us-east-1", reserved: undefined },
  { name: "seven", region: "us-east-1", reserved: 7 },
  { name: "elsewhere", region: "eu-west-1", reserved: 3 },
] as const;

beforeAll(async () => {
  watched = await newWatched({ args: { regions: REGIONS, trail: true } });
  const { functions, notices } = watched;
  const good = codeOf("good");
  await functions.sign(good);
  await Promise.all(
    BLOCKED.map(async ({ name, region, reserved }) => {
      await functions.create(name, good, {}, { region });
      if (reserved !== undefined) await reserve(name, reserved, region);
      await functions.update(name, codeOf("bad"), { region });
      await notices.wait(({ function: of, done }) => of?.name === name && done.some(isBlocked));
    }),
  );
});
afterAll(() => watched.remove());

const isBlocked = ({ action }: { action: string }): boolean => action === "blocked";

async function reserve(FunctionName: string, number: number, region = "us-east-1"): Promise<void> {
  const command = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: number });
  await watched.functions.client({ region }).send(command);
}

const concurrency = () =>
  Promise.all(BLOCKED.map(({ name, region }) => watched.functions.concurrencyOf(name, region)));

test("the verifier does not go where AWS refuses to give a blocked function its concurrency back", async () => {
  const { functions, installation } = watched;
  expect(await concurrency()).toEqual([0, 0, 0]);
  // All but 100 are reserved elsewhere, as AWS demands: no 7 are left.
  const other = codeOf("other");
  await functions.sign(other);
  await functions.create("greedy", other);
  await reserve("greedy", 900);
  const before = (await partsOf(installation)).map(({ name, type }) => `${type} ${name}`);
  const { exitCode, stdout, stderr } = await installation.run("destroy");
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toContain("not unblocked yet");
  expect(stdout + stderr).toContain("/us-east-1/seven");
  const after = new Set((await partsOf(installation)).map(({ name, type }) => `${type} ${name}`));
  expect(before.filter((part) => !after.has(part))).toEqual([]);
  // What could not be given back is not forgotten.
  expect((await watched.state.recordOf("seven"))?.block).toMatchObject({
    state: "restoring",
    saved: { reservedConcurrency: 7 },
  });
  await functions.client().send(new DeleteFunctionConcurrencyCommand({ FunctionName: "greedy" }));
});

test("destroy gives everybody their concurrency back first, and tells so", async () => {
  const { exitCode, stdout, stderr } = await watched.installation.run("destroy");
  expect({ exitCode, said: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, said: "" });
  expect(await concurrency()).toEqual(BLOCKED.map(({ reserved }) => reserved));
  const { finding } = await watched.notices.wait(({ code }) => code === "functions-unblocked");
  expect(finding.functions).toEqual(expect.arrayContaining(["us-east-1/seven", "eu-west-1/elsewhere"]));
  // Tags stay, and say what is so.
  expect(await watched.functions.tagsOf("seven")).toMatchObject({ "fnseal:status": "rejected" });
});

test.each(REGIONS)("nothing of it is left in %s but what is kept on purpose", async (region) => {
  const config = watched.emulator.config(region);
  const isHome = region === "us-east-1";
  const { tableName, bucketName } = watched.outputs;
  const lambda = new LambdaClient(config);
  const events = new EventBridgeClient(config);
  const kms = new KMSClient(config);
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const keys = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  const names = (list: readonly (string | undefined)[] | undefined): (string | undefined)[] =>
    list?.filter((name) => name?.includes("watch-")) ?? [];
  const left = {
    functions: names(
      (await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName),
    ),
    mappings: (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings,
    rules: names((await events.send(new ListRulesCommand({}))).Rules?.map(({ Name }) => Name)),
    buses: names((await events.send(new ListEventBusesCommand({}))).EventBuses?.map(({ Name }) => Name)),
    queues: names((await new SQSClient(config).send(new ListQueuesCommand({}))).QueueUrls),
    topics: names(
      (await new SNSClient(config).send(new ListTopicsCommand({}))).Topics?.map(({ TopicArn }) => TopicArn),
    ),
    alarms: names(
      (await new CloudWatchClient(config).send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(
        ({ AlarmName }) => AlarmName,
      ),
    ),
    logs: names(
      (await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}))).logGroups?.map(
        ({ logGroupName }) => logGroupName,
      ),
    ),
    keys: keys.map(({ KeyMetadata }) => KeyMetadata?.KeyState).filter((state) => state === "Enabled"),
    trails: (await new CloudTrailClient(config).send(new DescribeTrailsCommand({}))).trailList,
    tables: names((await new DynamoDBClient(config).send(new ListTablesCommand({}))).TableNames),
    roles: names(
      (await new IAMClient(config).send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName),
    ),
  };
  expect(left).toEqual({
    functions: [],
    mappings: [],
    rules: [],
    buses: [],
    queues: [],
    topics: [],
    alarms: [],
    logs: [],
    keys: [],
    trails: [],
    tables: isHome ? [tableName] : [],
    roles: [],
  });
  const { Buckets = [] } = await new S3Client(watched.emulator.config()).send(new ListBucketsCommand({}));
  const kept = Buckets.map(({ Name = "" }) => Name).sort();
  expect(kept).toEqual([bucketName, expect.stringMatching(/^watch-trail-/)]);
});
