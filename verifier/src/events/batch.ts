import { atMost } from "../atMost.ts";
import type { Redelivery } from "../aws/queue.ts";
import type { Place } from "../model/place.ts";
import type { Clock, Log, Metrics } from "../ports.ts";
import { describeFailure } from "../safeText.ts";
import type { Tell } from "../tell.ts";
import { couldNotVerify } from "./findings.ts";
import { type Job, recordsOf, toJobs } from "./jobs.ts";
import { NotYet } from "./look.ts";
import type { QueueRecord } from "./message.ts";
import { restSeconds } from "./redeliver.ts";

/** Functions that are looked at together: each may need 250 MB of /tmp for a while. */
const TOGETHER = 5;

export interface BatchPorts {
  readonly tell: Tell;
  readonly redelivery: Redelivery;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BatchOptions {
  readonly own: Place;
  /** Of the queues that messages come from. */
  readonly queueUrls: readonly string[];
  readonly maxReceives: number;
  readonly documentation: string;
}

/** What Lambda wants to know: the messages that are to come again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Does the jobs of a batch. A message that cannot be read is dropped, one that failed comes again, until its queue gives
 * it to the dead-letter queue; before that it is told that the function could not be verified.
 *
 * @param isLate whether too little of the invocation's time is left to begin with another job
 * @param work does one job; throws what is to be tried again
 */
export async function handleBatch(
  records: readonly QueueRecord[],
  isLate: () => boolean,
  work: (job: Job) => Promise<void>,
  ports: BatchPorts,
  options: BatchOptions,
): Promise<BatchAnswer> {
  const { log, metrics } = ports;
  const { jobs, dropped } = toJobs(records);
  for (const { record, kind, why } of dropped) {
    const fields = { messageId: record.messageId, why };
    if (kind === "ignored") {
      log.info("an event was ignored", fields);
    } else {
      log.warn("a message was dropped", fields);
      metrics.count("DroppedMessages", options.own.region);
    }
  }
  const failed: { readonly record: QueueRecord; readonly isEarly: boolean }[] = [];
  const fail = (job: Job, isEarly: boolean): void =>
    void failed.push(...recordsOf(job).map((record) => ({ record, isEarly })));
  await atMost(TOGETHER, jobs, async (job) => {
    if (isLate()) {
      fail(job, true);
      return;
    }
    try {
      await work(job);
    } catch (thrown) {
      fail(job, thrown instanceof NotYet);
      await explain(job, thrown, ports, options);
    }
  });
  await Promise.all(failed.map(({ record, isEarly }) => rest(record, isEarly, ports, options)));
  return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
}

async function explain(job: Job, thrown: unknown, ports: BatchPorts, options: BatchOptions): Promise<void> {
  const { log, metrics } = ports;
  const why = describeFailure(thrown);
  const messages = recordsOf(job).map(({ messageId }) => messageId);
  const [last] = recordsOf(job).filter(
    ({ attributes }) => attributes.ApproximateReceiveCount >= options.maxReceives,
  );
  if (thrown instanceof NotYet) log.info("a message comes again", { messages, why });
  else log.warn("a message failed", { messages, why, isLast: last !== undefined });
  if (!last || thrown instanceof NotYet) return;
  const place = placeOf(job, options.own);
  if (!place) return;
  metrics.count("CouldNotVerify", place.region);
  const change =
    job.kind === "function" ? job.calls.find(({ record }) => record === last)?.change : undefined;
  const origin = { now: ports.clock(), documentation: options.documentation };
  try {
    await ports.tell(couldNotVerify(place, change, origin, why, last.messageId));
  } catch (cause) {
    log.error("it could not be told that a function could not be verified", {
      function: place,
      why: describeFailure(cause),
    });
  }
}

function placeOf(job: Job, { account }: Place): Place | undefined {
  switch (job.kind) {
    case "function":
      return job.place;
    case "layer":
      return undefined;
    case "sweep":
      return "function" in job.message
        ? { account, region: job.message.region, name: job.message.function }
        : undefined;
  }
}

async function rest(
  { eventSourceARN, receiptHandle, attributes, messageId }: QueueRecord,
  isEarly: boolean,
  { redelivery, log }: BatchPorts,
  { queueUrls }: BatchOptions,
): Promise<void> {
  const name = eventSourceARN.split(":").at(-1) ?? "";
  const url = queueUrls.find((each) => each.endsWith(`/${name}`));
  if (url === undefined) return;
  const seconds = isEarly ? 1 : restSeconds(attributes.ApproximateReceiveCount, Math.random());
  try {
    await redelivery.again(url, receiptHandle, seconds);
  } catch (thrown) {
    // It comes again anyway, after the queue's visibility timeout.
    log.warn("a message could not be made to come again soon", { messageId, why: describeFailure(thrown) });
  }
}
