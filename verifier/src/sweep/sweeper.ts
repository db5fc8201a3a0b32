import { randomUUID } from "node:crypto";
import type { Functions, Item, Ports } from "../ports.ts";
import type { Tell } from "../tell.ts";
import type { Watched, Watcher } from "../watcher.ts";
import { createReadAhead } from "./ahead.ts";
import { systemTimer, type Timer } from "./budget.ts";
import { createLedger } from "./ledger.ts";
import type { SweepFunction, SweepPage } from "./messages.ts";
import { sweepPage, tallyOf } from "./page.ts";
import type { SweepQueue } from "./queue.ts";
import { advanced, isListed, MOST_WAITING, NOTHING, type SweepState, type Tally } from "./state.ts";
import { summaryOf } from "./summary.ts";

const HOUR = 3_600_000;
/** A page takes minutes and its retries some more; after this its message has gone to the dead-letter queue. */
const STALLED = HOUR;
/** Made to go on every hour for so long, and nothing came of it: it starts again. */
const TOO_OLD = 24 * HOUR;
/** Milliseconds in which one message goes on from page to page: then other regions have their turn. */
const TURN = 120_000;
/** Whoever finished a sweep tells its summary within seconds, or has died. */
const UNTOLD = HOUR / 6;

export interface SweeperPorts extends Pick<Ports, "items" | "metrics" | "clock" | "log"> {
  /** Within the sweep's budget. */
  readonly functions: Pick<Functions, "list" | "published">;
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
  /** After so many receives a message does not come again. */
  readonly maxReceives: number;
}

/** How a message came. */
export interface Delivery {
  /** How often it was received, this time included. */
  readonly receives: number;
  readonly isLate: () => boolean;
}

/**
 * Looks at every function of every region, page by page, and notes each page that is done: whoever gets the message
 * again goes on where it was cut off.
 * All methods throw what has to be tried again.
 */
export interface Sweeper {
  /** Starts where no sweep runs; goes on with one that has stood still for an hour. */
  start(delivery: Delivery): Promise<void>;
  /** Starts where none was started with this trust policy; goes on with what has stood still. Cheap where nothing is due. */
  wake(): Promise<void>;
  page(message: SweepPage, delivery: Delivery): Promise<void>;
  one(message: SweepFunction, delivery: Delivery): Promise<void>;
}

export function createSweeper(
  ports: SweeperPorts,
  options: SweeperOptions,
  timer: Timer = systemTimer,
): Sweeper {
  const { queue, clock, log, metrics, watcher } = ports;
  const { account, policyHash } = options;
  const ledger = createLedger(ports.items);
  const readAhead = createReadAhead(ports, timer);
  const now = () => clock().toISOString();

  async function startRegion(region: string, isRepeated: boolean): Promise<void> {
    const item = await ledger.read(region);
    const before = item?.value;
    if (before && isRunning(before)) {
      const isCutOff = isRepeated && before.page === 0;
      if (isCutOff || hasStalled(before)) await nudge(region, item);
      return;
    }
    const state = newState(before);
    // Somebody else has started one meanwhile.
    if (!(await ledger.put(region, state, item?.revision))) return;
    log.info("a sweep starts", { region, sweep: state.id, isQuiet: state.isQuiet });
    await queue.send(pageOf(state, region));
  }

  function isRunning({ finishedAt, progressAt, policyHash: policy }: SweepState): boolean {
    return finishedAt === undefined && policy === policyHash && ageOf(progressAt) < TOO_OLD;
  }

  function hasStalled({ progressAt, nudgedAt = progressAt }: SweepState): boolean {
    return Math.min(ageOf(progressAt), ageOf(nudgedAt)) > STALLED;
  }

  const ageOf = (time: string): number => clock().getTime() - Date.parse(time);

  /** Its message is lost. Functions that still wait have had their tries by now. */
  async function nudge(region: string, { value, revision }: Item<SweepState>): Promise<void> {
    log.warn("a sweep has stood still and goes on", { region, sweep: value.id, page: value.page });
    const waiting = value.tally.failed;
    const state = isListed(value)
      ? advanced(value, { ...NOTHING, counts: { failed: waiting.length } }, now(), waiting)
      : { ...value, nudgedAt: now() };
    if (await ledger.put(region, state, revision)) await goOn(state, region);
  }

  function newState(before: SweepState | undefined): SweepState {
    const isSamePolicy = before?.policyHash === policyHash;
    return {
      id: randomUUID(),
      policyHash,
      startedAt: now(),
      progressAt: now(),
      first: before === undefined || (before.first && before.finishedAt === undefined),
      isQuiet: !isSamePolicy || (before.finishedAt === undefined && before.isQuiet),
      page: 0,
      seen: [],
      tally: NOTHING,
    };
  }

  async function page(message: SweepPage, { receives, isLate }: Delivery): Promise<void> {
    const { region } = message;
    const state = (await ledger.read(region))?.value;
    if (state?.id !== message.sweep) {
      log.info("a page of an older sweep is dropped", { region, sweep: message.sweep });
      return;
    }
    if (state.policyHash !== policyHash) {
      await startRegion(region, false);
      return;
    }
    if (message.page !== state.page || state.finishedAt !== undefined) {
      // Done before. Only a message that came again may have died in the middle of what it began.
      if (receives === 1) return;
      await sendAgain(state.tally.failed, state.id, region);
    }
    const turnEnds = timer.now() + TURN;
    for (let present = state; ;) {
      if (isListed(present) || isLate() || timer.now() >= turnEnds) {
        await goOn(present, region);
        return;
      }
      const after = await turnPage(present, region, isLate);
      // Another delivery of the page was faster.
      if (!after) return;
      present = after;
    }
  }

  /** Looks at one page, or at as much of it as there is time for. @returns the sweep's state after that */
  async function turnPage(
    state: SweepState,
    region: string,
    isLate: () => boolean,
  ): Promise<SweepState | undefined> {
    const { functions, next } = await ports.functions.list({ account, region }, state.marker);
    const left = functions.map(({ place }) => place).filter(({ name }) => !state.seen.includes(name));
    const ahead = await readAhead({ account, region }, state.id, left);
    const cause = { kind: "sweep", id: state.id, isQuiet: state.isQuiet, ahead } as const;
    const { tally, seen } = await sweepPage(left, { watcher, log, cause, isLate });
    if (state.tally.failed.length + tally.failed.length > MOST_WAITING) {
      throw new Error("too many functions could not be looked at: the page is tried again");
    }
    const isWhole = seen.length === left.length;
    const place = isWhole
      ? { page: state.page + 1, marker: next, seen: [] }
      : { seen: [...state.seen, ...seen] };
    const after = await ledger.change(region, (present) =>
      present.id === state.id && present.page === state.page && present.seen.length === state.seen.length
        ? advanced({ ...present, ...place }, tally, now())
        : undefined,
    );
    if (!after) return undefined;
    seen.forEach(() => metrics.count("SweptFunctions", region));
    await sendAgain(tally.failed, state.id, region);
    return after;
  }

  async function sendAgain(functions: readonly string[], sweep: string, region: string): Promise<void> {
    for (const name of functions) await queue.send({ sweep, region, function: name });
  }

  /** @param tally what became of a function that waited */
  async function settle(message: SweepFunction, tally: Tally, { receives }: Delivery): Promise<void> {
    const { region, sweep, function: name } = message;
    const isWaitedFor = ({ id, tally: { failed } }: SweepState) => id === sweep && failed.includes(name);
    const after = await ledger.change(region, (present) =>
      isWaitedFor(present) ? advanced(present, tally, now(), [name]) : undefined,
    );
    const state = after ?? (receives > 1 ? (await ledger.read(region))?.value : undefined);
    if (state?.id === sweep && state.finishedAt !== undefined) await goOn(state, region);
  }

  async function goOn(state: SweepState, region: string): Promise<void> {
    if (!isListed(state)) {
      await queue.send(pageOf(state, region));
      return;
    }
    if (state.finishedAt === undefined || state.toldAt !== undefined) return;
    await ports.tell(summaryOf(state, { account, region }, options.documentation));
    metrics.count("SweepFinished", region);
    log.info("a sweep has finished", { region, sweep: state.id, counts: state.tally.counts });
    await ledger.change(region, (present) =>
      present.id === state.id ? { ...present, toldAt: now() } : undefined,
    );
  }

  return {
    start: async ({ receives }) => {
      for (const region of options.regions) await startRegion(region, receives > 1);
    },
    wake: async () => {
      for (const region of options.regions) {
        const state = (await ledger.read(region))?.value;
        if (state?.policyHash !== policyHash || state.finishedAt === undefined) {
          await startRegion(region, false);
        } else if (state.toldAt === undefined && ageOf(state.finishedAt) > UNTOLD) {
          await goOn(state, region);
        }
      }
    },
    page,
    one: async (message, delivery) => {
      const { region, sweep, function: name } = message;
      const state = (await ledger.read(region))?.value;
      // A sweep that is not known any more cannot say that it may block.
      const isQuiet = state?.id === sweep ? state.isQuiet : true;
      let watched: Watched;
      try {
        watched = await watcher.watch({ account, region, name }, { kind: "sweep", id: sweep, isQuiet });
      } catch (thrown) {
        if (delivery.receives >= options.maxReceives) {
          await settle(message, { ...NOTHING, counts: { failed: 1 } }, delivery);
        }
        throw thrown;
      }
      await settle(message, tallyOf(watched), delivery);
    },
  };
}

function pageOf({ id, page, marker }: SweepState, region: string): SweepPage {
  return { sweep: id, region, page, ...(marker === undefined ? {} : { marker }) };
}
