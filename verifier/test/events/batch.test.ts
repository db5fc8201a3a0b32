import { AwsFailure } from "../../src/awsFailure.ts";
import { handleBatch } from "../../src/events/batch.ts";
import type { Job } from "../../src/events/jobs.ts";
import { NotYet } from "../../src/events/look.ts";
import type { QueueRecord } from "../../src/events/message.ts";
import { type Finding, findingSchema } from "../../src/model/finding.ts";
import { memoryLog } from "../support/handlerFakes.ts";
import { trailEvent } from "../support/trail.ts";

const own = { account: "123456789012", region: "eu-central-1", name: "fnseal" };
const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/events";

let sequence = 0;

function record(body: unknown, receives = 1): QueueRecord {
  const id = `m${++sequence}`;
  return {
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:events",
    attributes: { ApproximateReceiveCount: receives },
  };
}

const change = (name: string) => trailEvent({ requestParameters: { functionName: name } });

function createBatch(work: (job: Job) => Promise<void> = async () => undefined) {
  const jobs: Job[] = [];
  const told: Finding[] = [];
  const counted: string[] = [];
  const rested: { receipt: string; url: string; seconds: number }[] = [];
  const log = memoryLog();
  const run = (records: readonly QueueRecord[], isLate = () => false) =>
    handleBatch(
      records,
      isLate,
      async (job) => {
        jobs.push(job);
        await work(job);
      },
      {
        tell: async (finding) => void told.push(findingSchema.parse(finding)),
        redelivery: {
          again: async (url, receipt, seconds) => void rested.push({ url, receipt, seconds }),
        },
        metrics: { count: (name) => void counted.push(name) },
        clock: () => new Date("2026-05-04T10:00:05Z"),
        log,
      },
      { own, queueUrls: [queueUrl], maxReceives: 5, documentation: "https://example.com/errors" },
    );
  return { run, jobs, told, counted, rested, log };
}

const failed = (records: readonly QueueRecord[]) => ({
  batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});

describe("a batch of messages", () => {
  it("answers all messages about a function by one look", async () => {
    const { run, jobs } = createBatch();
    const records = [record(change("orders")), record(change("billing")), record(change("orders"))];
    expect(await run(records)).toEqual(failed([]));
    expect(jobs.map((job) => (job.kind === "function" ? [job.place.name, job.calls.length] : []))).toEqual([
      ["orders", 2],
      ["billing", 1],
    ]);
  });

  it("tells namesakes in other regions apart", async () => {
    const { run, jobs } = createBatch();
    await run([record(change("orders")), record(trailEvent({ awsRegion: "eu-west-1" }))]);
    expect(jobs).toHaveLength(2);
  });

  it("lets only what failed come again, soon", async () => {
    const { run, rested, told } = createBatch(async (job) => {
      if (job.kind === "function" && job.place.name === "orders") {
        throw new AwsFailure("throttled", "lambda:GetFunction", "lambda:GetFunction: slow down");
      }
    });
    const records = [record(change("orders")), record(change("billing")), record(change("orders"), 3)];
    const [first, , third] = records;
    expect(await run(records)).toEqual(failed([first, third].flatMap((each) => each ?? [])));
    expect(rested.map(({ url, receipt }) => [url, receipt])).toEqual([
      [queueUrl, first?.receiptHandle],
      [queueUrl, third?.receiptHandle],
    ]);
    expect(rested[0]?.seconds).toBeLessThanOrEqual(3);
    expect(rested[1]?.seconds).toBeGreaterThanOrEqual(13);
    expect(told).toEqual([]);
  });

  it("tells once that a function could not be verified, before its message goes to the dead-letter queue", async () => {
    const { run, told, counted } = createBatch(async () => {
      throw new AwsFailure("unavailable", "s3:ListBucket", "s3:ListBucket: status 503");
    });
    const records = [record(change("orders"), 5), record(change("orders"), 2), record(change("orders"), 5)];
    expect(await run(records)).toEqual(failed(records));
    expect(told).toMatchObject([
      {
        kind: "undelivered",
        status: "undecided",
        code: "could-not-verify",
        function: { name: "orders" },
        change: { who: "arn:aws:iam::123456789012:user/mallory" },
      },
    ]);
    expect(told[0]?.text).toContain("s3:ListBucket: status 503");
    expect(counted).toEqual(["CouldNotVerify"]);
  });

  it("repeats nothing of an error that is not its own", async () => {
    const { run, told, log } = createBatch(async () => {
      throw new TypeError("DB_PASSWORD=hunter2");
    });
    await run([record(change("orders"), 5)]);
    expect(JSON.stringify([told, log.lines])).not.toContain("hunter2");
    expect(told).toHaveLength(1);
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["another thing", { hello: "world" }],
    ["an event that names no function", trailEvent({ requestParameters: null, responseElements: null })],
  ])("drops %s for good, logged and counted", async (_, body) => {
    const { run, jobs, counted, log } = createBatch();
    expect(await run([record(body, 4)])).toEqual(failed([]));
    expect(jobs).toEqual([]);
    expect(counted).toEqual(["DroppedMessages"]);
    expect(log.lines.join()).toContain("a message was dropped");
  });

  it("writes no event into the log", async () => {
    const { run, log } = createBatch();
    await run([record("secret-in-a-body"), record(change("orders"))]);
    expect(log.lines.join()).not.toMatch(/secret-in-a-body|mallory/);
  });

  it("begins nothing new when time is short, and gives it back", async () => {
    const { run, jobs } = createBatch();
    const records = Array.from({ length: 10 }, (_, index) => record(change(`f${index}`)));
    expect(await run(records, () => jobs.length >= 3)).toEqual(failed(records.slice(3)));
    expect(jobs).toHaveLength(3);
  });

  it("does at most five at once", async () => {
    let running = 0;
    let most = 0;
    const { run } = createBatch(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    await run(Array.from({ length: 20 }, (_, index) => record(change(`f${index}`))));
    expect(most).toBe(5);
  });

  it("does not tell of a message that is only early", async () => {
    const { run, told } = createBatch(async () => {
      throw new NotYet("early");
    });
    const records = [record(change("orders"), 5)];
    expect(await run(records)).toEqual(failed(records));
    expect(told).toEqual([]);
  });
});
