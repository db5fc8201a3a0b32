import { CloudTrailClient, GetTrailCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetObjectCommand, GetObjectLockConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Emulator } from "../../support/emulator.ts";
import type { Result } from "../../support/engine.ts";

import type { GetFunctionCommandOutput } from "@aws-sdk/client-lambda";

/** The outputs of the program that makes everything. */
export type Names = Readonly<Record<string, string>>;

/** An output of the program. */
export function nameIn(names: Names, key: string): string {
  const name = names[key];
  if (name === undefined) throw new Error(`no output ${key}`);
  return name;
}

/** A function as Lambda describes it. */
export function functionIn(emulator: Emulator, FunctionName: string): Promise<GetFunctionCommandOutput> {
  return new LambdaClient(emulator.config()).send(new GetFunctionCommand({ FunctionName }));
}

/** All attributes of a queue. */
export async function attributesOf(
  emulator: Emulator,
  url: string,
): Promise<Record<string, string | undefined>> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
  return (await new SQSClient(emulator.config()).send(command)).Attributes ?? {};
}

/** The types of resources that the operation found or made different. */
export function changesIn(result: Result): string[] {
  const changed = result.events.flatMap((event) => {
    const { metadata } = (event["resOutputsEvent"] ?? {}) as { metadata?: { op: string; type: string } };
    return metadata === undefined || ["same", "refresh", "read"].includes(metadata.op) ? [] : [metadata.type];
  });
  return changed.sort();
}

/** Checks that the emulator has what the first program asks for. */
export async function expectTheFirst(emulator: Emulator, names: Names): Promise<void> {
  const fn = await functionIn(emulator, nameIn(names, "fn"));
  expect(fn).toMatchObject({
    Configuration: {
      MemorySize: 128,
      Architectures: ["arm64"],
      CodeSha256: names["codeSha256"],
      Environment: { Variables: { WORD: "one-hidden" } },
      Layers: [{ Arn: names["layer"] }],
      LoggingConfig: { LogFormat: "JSON", LogGroup: "/aws/lambda/demo" },
    },
    Concurrency: { ReservedConcurrentExecutions: 5 },
    Tags: { stage: "one", kept: "yes" },
  });
  // A folder and the same folder in S3 are zipped alike.
  expect((await functionIn(emulator, nameIn(names, "stored"))).Configuration?.CodeSha256).toBe(
    names["codeSha256"],
  );
  const mapping = new GetEventSourceMappingCommand({ UUID: nameIn(names, "mapping") });
  expect(await new LambdaClient(emulator.config()).send(mapping)).toMatchObject({
    BatchSize: 5,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  expect(await attributesOf(emulator, nameIn(names, "queue"))).toMatchObject({
    VisibilityTimeout: "60",
    RedrivePolicy: expect.stringContaining("letters-") as string,
    Policy: expect.stringContaining("One") as string,
  });
  const role = await new IAMClient(emulator.config()).send(
    new GetRoleCommand({ RoleName: nameIn(names, "role") }),
  );
  expect(role.Role).toMatchObject({
    Path: "/fnseal/",
    PermissionsBoundary: { PermissionsBoundaryArn: names["boundary"] },
    Tags: expect.arrayContaining([{ Key: "stage", Value: "one" }]) as unknown[],
  });
  const table = new DescribeTableCommand({ TableName: nameIn(names, "table") });
  expect((await new DynamoDBClient(emulator.config()).send(table)).Table).toMatchObject({
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    GlobalSecondaryIndexes: [{ IndexName: "byTime" }],
  });
  const object = new GetObjectCommand({ Bucket: nameIn(names, "bucket"), Key: nameIn(names, "object") });
  const { Body } = await new S3Client(emulator.config()).send(object);
  expect(await Body?.transformToString()).toBe("one");
  const targets = new ListTargetsByRuleCommand({
    Rule: nameIn(names, "rule"),
    EventBusName: nameIn(names, "bus"),
  });
  expect((await new EventBridgeClient(emulator.config()).send(targets)).Targets).toMatchObject([
    {
      RetryPolicy: { MaximumRetryAttempts: 5 },
      InputTransformer: { InputPathsMap: { id: "$.id" }, InputTemplate: '{"one": <id>}' },
    },
  ]);
  const key = new DescribeKeyCommand({ KeyId: nameIn(names, "keyAlias") });
  expect((await new KMSClient(emulator.config()).send(key)).KeyMetadata?.Description).toBe("one");
}

/** Checks that the emulator has what the second program asks for. */
export async function expectTheSecond(emulator: Emulator, names: Names): Promise<void> {
  const fn = await functionIn(emulator, nameIn(names, "fn"));
  expect(fn).toMatchObject({
    Configuration: {
      MemorySize: 256,
      CodeSha256: names["codeSha256"],
      Environment: { Variables: { WORD: "two-hidden" } },
      EphemeralStorage: { Size: 1024 },
      Layers: [{ Arn: expect.stringMatching(/:layer:demo:2$/) as string }],
    },
    Tags: { stage: "two", kept: "yes" },
  });
  expect(fn.Concurrency?.ReservedConcurrentExecutions).toBeUndefined();
  expect((await functionIn(emulator, nameIn(names, "stored"))).Configuration?.CodeSha256).toBe(
    names["codeSha256"],
  );
  const warm = { FunctionName: nameIn(names, "fn"), Qualifier: "live" };
  expect(
    await new LambdaClient(emulator.config()).send(new GetProvisionedConcurrencyConfigCommand(warm)),
  ).toMatchObject({
    RequestedProvisionedConcurrentExecutions: 2,
  });

  expect(await attributesOf(emulator, nameIn(names, "queue"))).toMatchObject({
    VisibilityTimeout: "90",
    Policy: expect.stringContaining("Two") as string,
  });
  const topic = new GetTopicAttributesCommand({ TopicArn: nameIn(names, "topic") });
  expect((await new SNSClient(emulator.config()).send(topic)).Attributes).toMatchObject({
    DisplayName: "two",
    Policy: expect.stringContaining("Two") as string,
  });
  const policy = new GetRolePolicyCommand({ RoleName: nameIn(names, "role"), PolicyName: "queue" });
  const { PolicyDocument = "" } = await new IAMClient(emulator.config()).send(policy);
  expect(decodeURIComponent(PolicyDocument)).toContain("arn:aws:sqs:*:*:*");
  const events = new EventBridgeClient(emulator.config());
  expect(await events.send(new DescribeRuleCommand({ Name: nameIn(names, "tick") }))).toMatchObject({
    State: "DISABLED",
  });
  const groups = new DescribeLogGroupsCommand({ logGroupNamePrefix: nameIn(names, "logs") });
  expect((await new CloudWatchLogsClient(emulator.config()).send(groups)).logGroups).toMatchObject([
    { retentionInDays: 60 },
  ]);
  const alarms = new DescribeAlarmsCommand({ AlarmNames: [nameIn(names, "alarm")] });
  expect((await new CloudWatchClient(emulator.config()).send(alarms)).MetricAlarms).toMatchObject([
    { Threshold: 1 },
  ]);
  const lock = new GetObjectLockConfigurationCommand({ Bucket: nameIn(names, "bucket") });
  expect((await new S3Client(emulator.config()).send(lock)).ObjectLockConfiguration?.Rule).toMatchObject({
    DefaultRetention: { Mode: "GOVERNANCE", Days: 2 },
  });
  const trail = new GetTrailCommand({ Name: nameIn(names, "trail") });
  expect((await new CloudTrailClient(emulator.config()).send(trail)).Trail?.IsMultiRegionTrail).toBe(true);
}
