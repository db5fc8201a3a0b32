/** The runtime verifier in an account of the emulator, made call by call, with a queue for what it tells. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { NODE_OPTIONS } from "../../provider/src/parts/nodeOptions.ts";
import type { Finding } from "../../verifier/src/model/finding.ts";
import type { Settings } from "../../verifier/src/model/settings.ts";
import type { ClientConfig } from "./emulator/clients.ts";
import { createQueue, createRole, createRule, type Queue, receiveUntil } from "./emulator/resources.ts";
import type { Emulator } from "./emulator.ts";
import { roleStatements } from "./runtime/role.ts";
import { zip } from "./plugins/aws/live/zip.ts";

export interface RuntimeOptions {
  /** A trust policy without paths. */
  readonly trustPolicy: unknown;
  readonly settings?: Partial<Settings>;
  readonly maxReceives?: number;
  /** Clients of the verifier itself; a fault proxy goes here. */
  readonly endpoint?: string;
}

export interface Runtime {
  readonly functionName: string;
  /** What the function's code consists of. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly bucket: string;
  readonly table: string;
  readonly topicArn: string;
  readonly roleArn: string;
  readonly sealKeyArn: string;
  readonly events: Queue;
  readonly eventsDead: Queue;
  readonly sweeps: Queue;
  /** The next notice that is as wanted; fails with those that came. */
  notice: (wanted: (finding: Finding) => boolean, seconds?: number) => Promise<Finding>;
  /** The next event on the verifier's bus that is as wanted. */
  event: (wanted: (finding: Finding) => boolean, seconds?: number) => Promise<Finding>;
  /** Sweeps every region, and waits for its summary. */
  sweep: (seconds?: number) => Promise<Finding>;
  /** Invokes the verifier by hand. */
  invoke: (payload: unknown, qualifier?: string) => Promise<unknown>;
}

/** What the component reads from the trust policy for the verifier's role. */
function sealKeyArnsOf(trustPolicy: unknown): string[] {
  const { sealKeys = [] } = trustPolicy as { sealKeys?: string[] };
  return sealKeys.map((uri) => uri.replace("awskms:///", ""));
}

const SETTINGS: Settings = {
  actions: ["detect", "notify"],
  regions: ["us-east-1"],
  scope: { include: ["*"], exclude: [], tags: {} },
  breaker: { blocksPerHour: 5 },
  sweep: { getFunctionPerSecond: 0, othersPerSecond: 0, trustSealedForDays: 7 },
  download: { bytes: 262_144_000, milliseconds: 60_000 },
  documentation: "https://example.com/errors",
};

/** Deploys `verifier/dist` (`npm run build`) into the emulator's home region. One for an emulator. */
export async function deployRuntime(emulator: Emulator, options: RuntimeOptions): Promise<Runtime> {
  const config = emulator.config();
  const functionName = "fnseal-verifier";
  const [bucket, table, busName] = ["fnseal-bundles", "fnseal-state", "fnseal"];
  const maxReceives = options.maxReceives ?? 8;
  await new S3Client(config).send(new CreateBucketCommand({ Bucket: bucket }));
  await createTable(config, table);
  const bus = await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: busName }));
  const key = await new KMSClient(config).send(
    new CreateKeyCommand({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
  );
  const topic = await new SNSClient(config).send(new CreateTopicCommand({ Name: "fnseal" }));
  const topicArn = topic.TopicArn ?? "";
  const sealKeyArn = key.KeyMetadata?.Arn ?? "";
  const queue = async (name: string): Promise<{ queue: Queue; dead: Queue }> => {
    const dead = await createQueue(config, `${name}-dead`);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: maxReceives });
    return { queue: await createQueue(config, name, { VisibilityTimeout: "900", RedrivePolicy }), dead };
  };
  const events = await queue("fnseal-events");
  const sweeps = await queue("fnseal-sweep");
  const notices = await createQueue(config, "notices");
  const findings = await createQueue(config, "findings");
  await new SNSClient(config).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: notices.arn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  await createRule(
    config,
    "fnseal-lambda",
    { pattern: { source: ["aws.lambda"] } },
    { Arn: events.queue.arn },
  );
  await createRule(
    config,
    "fnseal-findings",
    { pattern: { source: ["fnseal"] }, bus: busName },
    { Arn: findings.arn },
  );
  const settings: Settings = { ...SETTINGS, ...options.settings };
  const account = `${config.region}:${emulator.accountId}`;
  const roleArn = await createRole(
    config,
    "fnseal-verifier",
    await roleStatements(
      emulator.accountId,
      settings.regions,
      {
        bucket: `arn:aws:s3:::${bucket}`,
        table: `arn:aws:dynamodb:${account}:table/${table}`,
        bus: bus.EventBusArn ?? "",
        topic: topicArn,
        sealKey: sealKeyArn,
        eventQueue: events.queue.arn,
        sweepQueue: sweeps.queue.arn,
        // Made by Lambda, which names it after the function.
        logGroup: `arn:aws:logs:${account}:log-group:/aws/lambda/${functionName}`,
      },
      sealKeyArnsOf(options.trustPolicy),
    ),
  );
  const dist = join(import.meta.dirname, "../../verifier/dist/index.cjs");
  const files = new Map([
    // The emulator looks for no other ending; without a package.json it is CommonJS.
    ["index.js", readFileSync(dist)],
    ["condition.cjs", readFileSync(join(dirname(dist), "condition.cjs"))],
    ["settings.json", Buffer.from(JSON.stringify(settings))],
    ["trust-policy.json", Buffer.from(JSON.stringify(options.trustPolicy))],
  ]);
  const lambda = new LambdaClient(config);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: roleArn,
      Code: { ZipFile: zip(files) },
      Timeout: 900,
      MemorySize: 1024,
      Environment: {
        Variables: {
          FNSEAL_TABLE: table,
          FNSEAL_BUCKET: bucket,
          FNSEAL_TOPIC_ARN: topicArn,
          FNSEAL_BUS_NAME: busName,
          FNSEAL_EVENT_QUEUE_URL: events.queue.url,
          FNSEAL_SWEEP_QUEUE_URL: sweeps.queue.url,
          FNSEAL_MAX_RECEIVES: String(maxReceives),
          FNSEAL_SEAL_KEY_ARN: sealKeyArn,
          FNSEAL_ROLE_ARN: roleArn,
          NODE_OPTIONS,
          ...(options.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: options.endpoint }),
        },
      },
    }),
  );
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: functionName }));
  await lambda.send(
    new CreateAliasCommand({ FunctionName: functionName, Name: "operator", FunctionVersion: Version }),
  );
  for (const [{ queue: source }, BatchSize] of [[events, 10] as const, [sweeps, 1] as const]) {
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: functionName,
        EventSourceArn: source.arn,
        BatchSize,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      }),
    );
  }
  const notice: Runtime["notice"] = (wanted, seconds) => receiveUntil(config, notices, wanted, seconds);
  return {
    ...{ functionName, files, bucket, table, topicArn, roleArn, sealKeyArn, notice },
    events: events.queue,
    eventsDead: events.dead,
    sweeps: sweeps.queue,
    event: async (wanted, seconds) => {
      const isWanted = ({ detail }: { detail: Finding }): boolean => wanted(detail);
      return (await receiveUntil<{ detail: Finding }>(config, findings, isWanted, seconds)).detail;
    },
    sweep: async (seconds) => {
      const message = { QueueUrl: sweeps.queue.url, MessageBody: JSON.stringify({ sweep: true }) };
      await new SQSClient(config).send(new SendMessageCommand(message));
      return notice(({ kind }) => kind === "sweep", seconds);
    },
    invoke: async (payload, Qualifier) => {
      const command = new InvokeCommand({
        FunctionName: functionName,
        ...(Qualifier === undefined ? {} : { Qualifier }),
        Payload: Buffer.from(JSON.stringify(payload)),
      });
      const { Payload } = await lambda.send(command);
      return JSON.parse(Buffer.from(Payload ?? []).toString("utf8")) as unknown;
    },
  };
}

async function createTable(config: ClientConfig, name: string): Promise<void> {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" }) as const;
  await new DynamoDBClient(config).send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [attribute("pk"), attribute("sk")],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
}
