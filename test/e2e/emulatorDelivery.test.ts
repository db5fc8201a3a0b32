import { CreateEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import {
  CreateEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { startEmulator } from "../support/emulator.ts";
import type { ClientConfig, Emulator } from "../support/emulator.ts";
import {
  createFunction,
  createQueue,
  createRole,
  createRule,
  receiveUntil,
} from "../support/emulator/resources.ts";
import type { Queue } from "../support/emulator/resources.ts";

const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" } as const;
const EUROPE = "eu-west-1";
const CODE_CHANGED = { source: ["aws.lambda"], detail: { eventName: [{ prefix: "CreateFunction" }] } };

interface Envelope {
  id: string;
  region: string;
  detail: { requestParameters: { functionName?: string } };
}

let emulator: Emulator;
let home: ClientConfig;
let admin: string;

beforeAll(async () => {
  emulator = await startEmulator({ env: { FNSEAL_MINUTE_SECONDS: "1", FNSEAL_ASYNC_RETRY_SECONDS: "0.1" } });
  home = emulator.config();
  admin = await createRole(home, "admin", [EVERYTHING]);
}, 180_000);
afterAll(() => emulator.stop());

const busIn = async (region: string, name: string): Promise<string> => {
  const client = new EventBridgeClient(emulator.config(region));
  return (await client.send(new CreateEventBusCommand({ Name: name }))).EventBusArn ?? "";
};
const send = (queue: Queue, body: string): Promise<unknown> =>
  new SQSClient(home).send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body }));
const map = (queue: Queue, name: string, more: object = {}): Promise<unknown> =>
  new LambdaClient(home).send(
    new CreateEventSourceMappingCommand({ EventSourceArn: queue.arn, FunctionName: name, ...more }),
  );
const invoke = async (name: string): Promise<unknown> => {
  const { Payload } = await new LambdaClient(home).send(new InvokeCommand({ FunctionName: name }));
  return JSON.parse(Buffer.from(Payload ?? []).toString());
};

describe("buses", () => {
  test("an event goes on to a bus in another region as it is, and from there to no third", async () => {
    const abroad = emulator.config(EUROPE);
    const local = await createQueue(abroad, "local");
    const arrived = await createQueue(home, "arrived");
    const third = await createQueue(home, "third");
    const [hub, beyond] = [await busIn("us-east-1", "hub"), await busIn("us-east-1", "beyond")];
    await createRule(abroad, "keep", { pattern: CODE_CHANGED }, { Arn: local.arn });
    await createRule(abroad, "forward", { pattern: CODE_CHANGED }, { Arn: hub, RoleArn: admin });
    await createRule(home, "on", { pattern: CODE_CHANGED, bus: "hub" }, { Arn: beyond, RoleArn: admin });
    await createRule(home, "all", { pattern: CODE_CHANGED, bus: "hub" }, { Arn: arrived.arn });
    await createRule(home, "third", { pattern: CODE_CHANGED, bus: "beyond" }, { Arn: third.arn });
    await createFunction(abroad, "orders", admin, "// code");
    const here = await receiveUntil<Envelope>(abroad, local, () => true);
    const there = await receiveUntil<Envelope>(home, arrived, () => true);
    expect(there).toEqual(here);
    expect(there).toMatchObject({
      region: EUROPE,
      detail: { requestParameters: { functionName: "orders" } },
    });
    await expect(receiveUntil(home, third, () => true, 1)).rejects.toThrow("not within 1 s; there came []");
  });

  test("what cannot be delivered goes to the target's queue for the lost", async () => {
    const lost = await createQueue(home, "lost");
    const Arn = `arn:aws:sqs:us-east-1:${emulator.accountId}:absent`;
    const target = { Arn, DeadLetterConfig: { Arn: lost.arn } };
    await createRule(home, "nowhere", { pattern: CODE_CHANGED }, target);
    await createFunction(home, "undelivered", admin, "// code");
    const event = await receiveUntil<Envelope>(home, lost, () => true);
    expect(event.detail.requestParameters.functionName).toBe("undelivered");
  });

  test("a topic gets what the input transformer makes, once its policy lets EventBridge publish", async () => {
    const sns = new SNSClient(home);
    const mail = await createQueue(home, "mail");
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    const Attributes = { RawMessageDelivery: "true" };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: mail.arn, Attributes }));
    const InputTemplate = '{"what":"changed","event":<aws.events.event.json>}';
    const refused = await createQueue(home, "refused");
    const target = {
      Arn: TopicArn,
      InputTransformer: { InputTemplate },
      DeadLetterConfig: { Arn: refused.arn },
    };
    await createRule(home, "told", { pattern: CODE_CHANGED }, target);
    await createFunction(home, "untold", admin, "// code");
    const lost = await receiveUntil<Envelope>(home, refused, () => true);
    expect(lost.detail.requestParameters.functionName).toBe("untold");
    await sns.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: "Policy",
        AttributeValue: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sns:Publish",
              Resource: TopicArn,
            },
          ],
        }),
      }),
    );
    await createFunction(home, "told", admin, "// code");
    const notice = await receiveUntil<{ what: string; event: Envelope }>(home, mail, () => true);
    expect(notice).toMatchObject({
      what: "changed",
      event: { detail: { requestParameters: { functionName: "told" } } },
    });
  });

  test("a schedule fires again and again", async () => {
    const ticks = await createQueue(home, "ticks");
    const target = { Arn: ticks.arn, Input: JSON.stringify({ sweep: true }) };
    await createRule(home, "sweep", { schedule: "rate(1 minute)" }, target);
    expect(await receiveUntil(home, ticks, () => true)).toEqual({ sweep: true });
    expect(await receiveUntil(home, ticks, () => true)).toEqual({ sweep: true });
  });
});

describe("functions", () => {
  test("a batch's failures come again until the queue for the lost; the rest is done", async () => {
    const lost = await createQueue(home, "dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: lost.arn, maxReceiveCount: 2 });
    const work = await createQueue(home, "work", { VisibilityTimeout: "1", RedrivePolicy });
    await createFunction(
      home,
      "worker",
      admin,
      `const isBad = ({ body }) => body === '"bad"';
      const toItem = ({ messageId }) => ({ itemIdentifier: messageId });
      exports.handler = async ({ Records }) => ({ batchItemFailures: Records.filter(isBad).map(toItem) });`,
    );
    for (const body of ["good", "bad", "good"]) await send(work, JSON.stringify(body));
    await map(work, "worker", { FunctionResponseTypes: ["ReportBatchItemFailures"] });
    expect(await receiveUntil(home, lost, () => true, 15)).toBe("bad");
    await expect(receiveUntil(home, work, () => true, 1)).rejects.toThrow("there came []");
  });

  test("an answer that names no message of the batch fails the whole batch", async () => {
    const lost = await createQueue(home, "misnamed");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: lost.arn, maxReceiveCount: 1 });
    const work = await createQueue(home, "misread", { VisibilityTimeout: "1", RedrivePolicy });
    const answer = `{ batchItemFailures: [{ itemIdentifier: "" }] }`;
    await createFunction(home, "confused", admin, `exports.handler = async () => (${answer});`);
    await send(work, '"kept"');
    await map(work, "confused", { FunctionResponseTypes: ["ReportBatchItemFailures"] });
    expect(await receiveUntil(home, lost, () => true, 15)).toBe("kept");
  });

  test("many invocations at once do not make many processes", async () => {
    await createFunction(
      home,
      "slow",
      admin,
      `exports.handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return process.pid;
      };`,
      { Timeout: 30 },
    );
    const pids = await Promise.all(Array.from({ length: 40 }, () => invoke("slow")));
    expect(new Set(pids).size).toBeLessThanOrEqual(8);
    expect(pids).toHaveLength(40);
  });

  test("an event that a function fails on is tried three times, then goes to the queue for the lost", async () => {
    const lost = await createQueue(home, "failed");
    const file = "require('node:os').tmpdir() + '/tries'";
    const fail = `require("node:fs").appendFileSync(${file}, "x"); throw new Error("no");`;
    const read = `return require("node:fs").readFileSync(${file}, "utf8");`;
    await createFunction(home, "failing", admin, `exports.handler = async () => { ${fail} };`);
    await createFunction(home, "reading", admin, `exports.handler = async () => { ${read} };`);
    await new LambdaClient(home).send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: "failing",
        DeadLetterConfig: { TargetArn: lost.arn },
      }),
    );
    const event = { InvocationType: "Event", Payload: '{"n":1}' } as const;
    await new LambdaClient(home).send(new InvokeCommand({ FunctionName: "failing", ...event }));
    expect(await receiveUntil(home, lost, () => true)).toEqual({ n: 1 });
    expect(await invoke("reading")).toBe("xxx");
    // At 0 nothing is tried.
    const none = { FunctionName: "failing", ReservedConcurrentExecutions: 0 };
    await new LambdaClient(home).send(new PutFunctionConcurrencyCommand(none));
    await new LambdaClient(home).send(new InvokeCommand({ FunctionName: "failing", ...event }));
    expect(await receiveUntil(home, lost, () => true)).toEqual({ n: 1 });
    expect(await invoke("reading")).toBe("xxx");
  });
});
