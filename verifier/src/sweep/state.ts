import * as z from "zod";
import type { ItemKey } from "../ports.ts";

const names = z.array(z.string().max(140)).max(100);

/** So many functions may wait for another try at a time: with names of 140 characters a fifth of DynamoDB's 400 kB. */
export const MOST_WAITING = 500;

const tallySchema = z.strictObject({
  /** By verdict, and `out-of-scope`, `own`, `gone`; `failed`: given up, and told one by one. */
  counts: z.record(z.string(), z.int()),
  /** The first that do not pass. */
  bad: names,
  leftOut: names,
  /** All that could not be looked at yet; each has a message of its own. */
  failed: z.array(z.string().max(140)).max(MOST_WAITING),
});

/** What a sweep came to, so far. */
export type Tally = z.infer<typeof tallySchema>;

/** A region's sweep: the one that runs, or the last one. */
export const sweepStateSchema = z.strictObject({
  id: z.string(),
  policyHash: z.string(),
  startedAt: z.string(),
  /** When a page or a function was last done. */
  progressAt: z.string(),
  /** When it was last made to go on, where it stood still. */
  nudgedAt: z.string().optional(),
  /** Every page is done, and no function waits. */
  finishedAt: z.string().optional(),
  /** Its summary was told. */
  toldAt: z.string().optional(),
  /** No sweep of this region has ever finished: until then nothing in it is blocked. */
  first: z.boolean(),
  /** Nothing is blocked by this sweep: what it finds is the baseline of a region or of a trust policy. */
  isQuiet: z.boolean(),
  /** Pages done. */
  page: z.int(),
  /** Where the next page starts. */
  marker: z.string().optional(),
  /** Functions of the next page that were looked at already, when time ran out. */
  seen: z.array(z.string().max(140)).max(100).default([]),
  tally: tallySchema,
});

export type SweepState = z.infer<typeof sweepStateSchema>;

export function sweepKey(region: string): ItemKey {
  return { partition: `sweep#${region}`, sort: "sweep" };
}

/** Whether every page is done; functions may still wait. */
export function isListed({ page, marker }: SweepState): boolean {
  return page > 0 && marker === undefined;
}

export const NOTHING: Tally = { counts: {}, bad: [], leftOut: [], failed: [] };

export function addTally(a: Tally, b: Tally): Tally {
  const counts = { ...a.counts };
  for (const [name, count] of Object.entries(b.counts)) counts[name] = (counts[name] ?? 0) + count;
  const joined = (x: readonly string[], y: readonly string[]) => [...x, ...y].slice(0, 100);
  return {
    counts,
    bad: joined(a.bad, b.bad),
    leftOut: joined(a.leftOut, b.leftOut),
    failed: [...a.failed, ...b.failed],
  };
}

/**
 * The state after more was done; the sweep has finished once nothing is left to do.
 *
 * @param settled functions that need not be waited for any more
 */
export function advanced(
  state: SweepState,
  more: Tally,
  now: string,
  settled: readonly string[] = [],
): SweepState {
  const tally = addTally(state.tally, more);
  const next = {
    ...state,
    progressAt: now,
    tally: { ...tally, failed: tally.failed.filter((name) => !settled.includes(name)) },
  };
  return isListed(next) && next.tally.failed.length === 0 ? { ...next, finishedAt: now } : next;
}
