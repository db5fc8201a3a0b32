import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  paginateDescribeAlarms,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { FaultRule } from "../../support/emulator.ts";
import { plantCode } from "../../support/emulator/resources.ts";
import { type Faults, faultsFor } from "./support/faulty.ts";
import { codeOf } from "./support/functions.ts";
import { subscribe } from "./support/inbox.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

/** Faults that do not pass, so that each try meets them. */
const LASTING: Readonly<Record<string, readonly FaultRule[]>> = {
  "Lambda's API is down": [{ service: "lambda", error: { code: "ServiceException", status: 500 } }],
  "GetFunction is throttled": [
    {
      ...{ service: "lambda", operation: "GetFunction" },
      error: { code: "TooManyRequestsException", status: 429 },
    },
  ],
  "GetFunction is denied": [
    {
      ...{ service: "lambda", operation: "GetFunction" },
      error: { code: "AccessDeniedException", status: 403 },
    },
  ],
  "the store is unreachable": [{ service: "s3", operation: "ListObjectsV2", reset: true }],
  "the table is throttled": [
    { service: "dynamodb", error: { code: "ProvisionedThroughputExceededException", status: 400 } },
  ],
};

jest.setTimeout(180_000);

let watched: Watched;
let faults: Faults;
let sqs: SQSClient;

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } } });
  faults = await faultsFor(watched, { visibilitySeconds: 60, receives: 2 });
  sqs = new SQSClient(watched.emulator.config());
}, 300_000);

afterAll(async () => {
  await faults.proxy.stop();
  await watched.remove();
});

/** As an operator does once the cause is mended. */
async function redrive(): Promise<void> {
  const from = { QueueUrl: watched.outputs.eventDeadLetterQueueUrl };
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...from, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    for (const { Body, ReceiptHandle } of Messages) {
      const to = { QueueUrl: watched.outputs.eventQueueUrl, MessageBody: Body };
      await sqs.send(new SendMessageCommand(to));
      await sqs.send(new DeleteMessageCommand({ ...from, ReceiptHandle }));
    }
  }
}

const deadLetters = (count: number): Promise<true> =>
  until(`${count} dead letters`, async () =>
    (await watched.queues.deadLetters()) === count ? true : undefined,
  );

describe("what could not be found out is told and kept, and never passes", () => {
  test.each(Object.entries(LASTING))("where %s", async (why, rules) => {
    const { functions, state, notices } = watched;
    const name = `lost-${Object.keys(LASTING).indexOf(why)}`;
    await faults.proxy.rules(rules);
    await functions.create(name, codeOf(name));
    const { finding } = await notices.wait(
      ({ code, function: about }) => code === "could-not-verify" && about?.name === name,
    );
    expect(finding).toMatchObject({
      kind: "undelivered",
      status: "undecided",
      change: { event: "CreateFunction20150331" },
    });
    await deadLetters(1);
    expect((await state.recordOf(name))?.judged?.status).toBeUndefined();
    expect(await functions.tagsOf(name)).toEqual({});

    await faults.proxy.clear();
    await redrive();
    await state.wait(
      name,
      ({ judged, block }) => judged?.status === "rejected" && block?.state === "blocked",
    );
    await watched.queues.quiet();
    expect(await functions.concurrencyOf(name)).toBe(0);
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});

test("code whose download is cut off each time is told too, and judged once it comes whole", async () => {
  const { functions, state, notices, emulator } = watched;
  const name = "cut-off";
  await functions.sign(codeOf("whole"));
  await functions.create(name, codeOf("whole"));
  await state.wait(name, ({ judged }) => judged?.status === "verified");
  await plantCode(emulator, name, codeOf("cut off"), { manner: "cut" });
  const touch = { FunctionName: name, Description: "touched" };
  await functions.client().send(new UpdateFunctionConfigurationCommand(touch));
  await notices.wait(({ code, function: about }) => code === "could-not-verify" && about?.name === name);
  await deadLetters(1);
  expect((await state.recordOf(name))?.block).toBeUndefined();

  await plantCode(emulator, name, codeOf("cut off"));
  await redrive();
  await state.wait(name, ({ judged, block }) => judged?.status === "rejected" && block?.state === "blocked");
  await watched.queues.quiet();
  expect(await watched.queues.deadLetters()).toBe(0);
});

describe("while SNS is down", () => {
  const DOWN: readonly FaultRule[] = [{ service: "sns", error: { code: "InternalError", status: 500 } }];

  test("a function is stopped all the same, and the notice waits for the next sweep", async () => {
    const { functions, state, notices } = watched;
    await faults.proxy.rules(DOWN);
    await functions.create("unheard", codeOf("unheard"));
    await state.wait("unheard", ({ block, outbox }) => block?.state === "blocked" && outbox.length === 1);
    await deadLetters(1);
    expect(await notices.about("unheard")).toEqual([]);

    await faults.proxy.clear();
    await watched.sweep();
    await notices.wait(({ status, function: about }) => about?.name === "unheard" && status === "rejected");
    await state.wait("unheard", ({ outbox }) => outbox.length === 0);
    await redrive();
    await watched.queues.quiet();
    expect(await notices.about("unheard")).toHaveLength(1);
  });

  test("what an operator did waits, and is told by the next wake", async () => {
    await faults.proxy.rules(DOWN);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const pause = { until, reason: "nobody hears of it yet", by: "alice" };
    expect(await watched.invoke({ pause }, "operator")).toMatchObject({
      errorMessage: expect.stringContaining("sns:Publish") as string,
    });
    await faults.proxy.clear();
    const wake = { QueueUrl: watched.outputs.sweepQueueUrl, MessageBody: JSON.stringify({ wake: true }) };
    await sqs.send(new SendMessageCommand(wake));
    const { finding } = await watched.notices.wait(({ code }) => code === "blocks-paused");
    expect(finding.text).toContain("nobody hears of it yet");
  });
});

// Last, for what alarms say to people is no finding.
test("a dead letter rings an alarm, which reaches the topic", async () => {
  const { emulator, outputs } = watched;
  const cloudwatch = new CloudWatchClient(emulator.config());
  const inbox = await subscribe(emulator, outputs.topicArn, "alarms");
  const queue = outputs.eventDeadLetterQueueUrl.split("/").at(-1);
  const dimensions = [{ Name: "QueueName", Value: queue }];
  const alarms = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudwatch }, {})) {
    alarms.push(...MetricAlarms);
  }
  const [alarm] = alarms.filter(({ Dimensions = [] }) => Dimensions[0]?.Value === queue);
  expect(alarm).toMatchObject({ Namespace: "AWS/SQS", AlarmActions: [outputs.topicArn] });
  // What SQS itself does on AWS; the emulator's puts no metrics.
  const MetricData = [{ MetricName: alarm?.MetricName, Dimensions: dimensions, Value: 1 }];
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: "AWS/SQS", MetricData }));
  await inbox.wait((text) => text.includes(alarm?.AlarmName ?? "no name") && text.includes("ALARM"), 30_000);
  const asked = new DescribeAlarmsCommand({ AlarmNames: [alarm?.AlarmName ?? ""] });
  expect((await cloudwatch.send(asked)).MetricAlarms?.[0]?.StateValue).toBe("ALARM");
});
