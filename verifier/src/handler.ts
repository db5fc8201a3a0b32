import {
  type BatchOptions,
  batchSchema,
  handleBatch,
  type Job,
  look,
  type LookPorts,
} from "./events/index.ts";
import type { BatchPorts } from "./events/batch.ts";
import type { Configuration } from "./config/index.ts";
import { keyOf, type Place } from "./model/place.ts";
import { type OperatorPorts, runCommand } from "./operator/index.ts";
import type { Sweeper } from "./sweep/index.ts";

/** What Lambda says about an invocation. */
export interface Invocation {
  /** With the alias that was invoked. */
  readonly invokedArn: string;
  /** Milliseconds until Lambda ends it. */
  readonly remaining: () => number;
}

export interface HandlerPorts extends BatchPorts, LookPorts, OperatorPorts {
  readonly sweeper: Sweeper;
  /** Judges a layer version that was published. */
  readonly lookAtLayer: (layer: Extract<Job, { kind: "layer" }>["layer"]) => Promise<void>;
}

/** Besides a download, what a look may take at most: waiting for its lease, its calls, and their retries. Milliseconds. */
const LOOK = 45_000;

/** What the Lambda does: batches from its queues, and invocations by hand. */
export type Handle = (event: unknown, invocation: Invocation) => Promise<unknown>;

export function createHandle(ports: HandlerPorts, configuration: Configuration): Handle {
  const { own, roleArn, resources, settings } = configuration;
  const { documentation } = settings;
  const batchOptions: BatchOptions = {
    own,
    queueUrls: [resources.eventQueueUrl, resources.sweepQueueUrl],
    maxReceives: resources.maxReceives,
    documentation,
  };
  return async (event, { invokedArn, remaining }) => {
    const batch = batchSchema.safeParse(event);
    if (!batch.success) return runCommand(event, invokedArn, own, ports);
    const reserve = Math.min(settings.download.milliseconds + LOOK, remaining() / 2);
    const isLate = () => remaining() < reserve;
    const work = (job: Job) => doJob(job, isLate);
    return handleBatch(batch.data.Records, isLate, work, ports, batchOptions);
  };

  async function doJob(job: Job, isLate: () => boolean): Promise<void> {
    switch (job.kind) {
      case "function":
        if (!isWatched(job.place)) return;
        // Somebody deployed the verifier, perhaps with another trust policy: the first sweep with it is due.
        if (keyOf(job.place) === keyOf(own)) await ports.sweeper.wake();
        await look(job, ports, { roleArn, documentation });
        return;
      case "layer":
        if (isWatched(job.layer)) await ports.lookAtLayer(job.layer);
        return;
      case "sweep": {
        const { message, record } = job;
        const delivery = { receives: record.attributes.ApproximateReceiveCount, isLate };
        if ("wake" in message) await wake();
        else if (message.sweep === true) await ports.sweeper.start(delivery);
        else if ("page" in message) await ports.sweeper.page(message, delivery);
        else await ports.sweeper.one(message, delivery);
        return;
      }
    }
  }

  /** What is due is done even where people cannot be told, and the other way round. */
  async function wake(): Promise<void> {
    const done = await Promise.allSettled([ports.sweeper.wake(), ports.operator.drain()]);
    for (const result of done) if (result.status === "rejected") throw result.reason;
  }

  /** The role may only look where the component was told to. */
  function isWatched({ account, region }: Pick<Place, "account" | "region">): boolean {
    const isOurs = account === own.account && settings.regions.includes(region);
    if (!isOurs) ports.log.info("an event of elsewhere was ignored", { account, region });
    return isOurs;
  }
}
