import { randomUUID } from "node:crypto";
import type { Functions, Ports } from "../ports.ts";
import type { Tell } from "../tell.ts";
import type { Watcher } from "../watcher.ts";
import type { SweepFunction, SweepPage } from "./messages.ts";
import { sweepPage } from "./page.ts";
import type { SweepQueue } from "./queue.ts";
import { addTally, NOTHING, type SweepState, sweepKey, sweepStateSchema, type Tally } from "./state.ts";
import { summaryOf } from "./summary.ts";

const HOUR = 3_600_000;
/** A page takes minutes and its retries some more; after this its message has gone to the dead-letter queue. */
const STALLED = HOUR;
const TOO_OLD = 24 * HOUR;

export interface SweeperPorts extends Pick<Ports, "items" | "metrics" | "clock" | "log"> {
  /** Within the sweep's budget. */
  readonly functions: Pick<Functions, "list">;
  /** Within the sweep's budget. */
  readonly watcher: Watcher;
  readonly queue: SweepQueue;
  readonly tell: Tell;
}

export interface SweeperOptions {
  readonly account: string;
  readonly regions: readonly string[];
  readonly policyHash: string;
  readonly documentation: string;
}

/** How a message came. */
export interface Delivery {
  /** How often it was received, this time included. */
  readonly receives: number;
  readonly isLate: () => boolean;
}

/**
 * Looks at every function of every region, page by page, a message each, so that it goes on where it was cut off.
 * All methods throw what has to be tried again.
 */
export interface Sweeper {
  /** Starts where no sweep runs; goes on with one that has stood still for an hour. */
  start(delivery: Delivery): Promise<void>;
  page(message: SweepPage, delivery: Delivery): Promise<void>;
  one(message: SweepFunction): Promise<void>;
}

export function createSweeper(ports: SweeperPorts, options: SweeperOptions): Sweeper {
  const { items, queue, clock, log, metrics, watcher } = ports;
  const { account, policyHash } = options;
  const read = (region: string) => items.get(sweepKey(region), (value) => sweepStateSchema.parse(value));

  async function startRegion(region: string, isRepeated: boolean): Promise<void> {
    const item = await read(region);
    const before = item?.value;
    const now = clock();
    if (before && isRunning(before, now)) {
      const isStalled = now.getTime() - Date.parse(before.progressAt) > STALLED;
      if (!isStalled && !(isRepeated && before.page === 0)) {
        log.info("a sweep runs already", { region, sweep: before.id });
        return;
      }
      await items.put(sweepKey(region), { ...before, progressAt: now.toISOString() }, item.revision);
      await queue.send(pageOf(before, region));
      return;
    }
    const state = newState(before, now);
    // Somebody else has started one meanwhile.
    if (!(await items.put(sweepKey(region), state, item?.revision))) return;
    log.info("a sweep starts", { region, sweep: state.id, isQuiet: state.isQuiet });
    await queue.send(pageOf(state, region));
  }

  function isRunning({ finishedAt, startedAt, policyHash: policy }: SweepState, now: Date): boolean {
    const isYoung = now.getTime() - Date.parse(startedAt) < TOO_OLD;
    return finishedAt === undefined && isYoung && policy === policyHash;
  }

  function newState(before: SweepState | undefined, now: Date): SweepState {
    const isSamePolicy = before?.policyHash === policyHash;
    return {
      id: randomUUID(),
      policyHash,
      startedAt: now.toISOString(),
      progressAt: now.toISOString(),
      first: before === undefined || (before.first && before.finishedAt === undefined),
      isQuiet: !isSamePolicy || (before.finishedAt === undefined && before.isQuiet),
      page: 0,
      tally: NOTHING,
    };
  }

  async function page(message: SweepPage, { receives, isLate }: Delivery): Promise<void> {
    const { region } = message;
    const state = (await read(region))?.value;
    if (state?.id !== message.sweep) {
      log.info("a page of an older sweep is dropped", { region, sweep: message.sweep });
      return;
    }
    if (state.policyHash !== policyHash) {
      await startRegion(region, false);
      return;
    }
    if (message.page !== state.page || state.finishedAt !== undefined) {
      // Done before. Only a message that came again may have died before it sent the next one.
      if (receives > 1 && message.page === state.page - 1) await goOn(state, region);
      return;
    }
    const { functions, next } = await ports.functions.list({ account, region }, message.marker);
    const cause = { kind: "sweep", id: state.id, isQuiet: state.isQuiet } as const;
    const tally = await sweepPage(functions, {
      watcher,
      log,
      cause,
      isLate,
      later: ({ place }) => queue.send({ sweep: state.id, region, function: place.name }),
    });
    if (!tally) {
      await queue.send(message);
      return;
    }
    functions.forEach(() => metrics.count("SweptFunctions", region));
    const after = await finishPage(message, tally, next);
    if (after) await goOn(after, region);
  }

  /** `undefined` where another delivery of the page was faster. */
  async function finishPage(
    { region, page: number, sweep }: SweepPage,
    tally: Tally,
    next: string | undefined,
  ): Promise<SweepState | undefined> {
    const item = await read(region);
    if (item?.value.id !== sweep || item.value.page !== number) return undefined;
    const now = clock().toISOString();
    const state: SweepState = {
      ...item.value,
      page: number + 1,
      progressAt: now,
      tally: addTally(item.value.tally, tally),
      marker: next,
      ...(next === undefined ? { finishedAt: now } : {}),
    };
    return (await items.put(sweepKey(region), state, item.revision)) ? state : undefined;
  }

  async function goOn(state: SweepState, region: string): Promise<void> {
    if (state.finishedAt === undefined) {
      await queue.send(pageOf(state, region));
      return;
    }
    const finding = summaryOf(state, { account, region }, options.documentation);
    await ports.tell(finding);
    metrics.count("SweepFinished", region);
    log.info("a sweep has finished", { region, sweep: state.id, counts: state.tally.counts });
  }

  return {
    start: async ({ receives }) => {
      for (const region of options.regions) await startRegion(region, receives > 1);
    },
    page,
    one: async (message) => {
      const { region, sweep, function: name } = message;
      const state = (await read(region))?.value;
      // A sweep that is not known any more cannot say that it may block.
      const isQuiet = state?.id === sweep ? state.isQuiet : true;
      await watcher.watch({ account, region, name }, { kind: "sweep", id: sweep, isQuiet });
    },
  };
}

function pageOf({ id, page, marker }: SweepState, region: string): SweepPage {
  return { sweep: id, region, page, ...(marker === undefined ? {} : { marker }) };
}
