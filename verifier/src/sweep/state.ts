import * as z from "zod";
import type { ItemKey } from "../ports.ts";

const names = z.array(z.string().max(140)).max(100);

const tallySchema = z.strictObject({
  /** By verdict, and `out-of-scope`, `own`, `gone`, `failed`. */
  counts: z.record(z.string(), z.int()),
  /** The first that do not pass. */
  bad: names,
  leftOut: names,
  /** The first that could not be looked at yet; each has a message of its own. */
  failed: names,
});

/** What a sweep came to, so far. */
export type Tally = z.infer<typeof tallySchema>;

/** A region's sweep: the one that runs, or the last one. */
export const sweepStateSchema = z.strictObject({
  id: z.string(),
  policyHash: z.string(),
  startedAt: z.string(),
  progressAt: z.string(),
  finishedAt: z.string().optional(),
  /** No sweep of this region has ever finished: until then nothing in it is blocked. */
  first: z.boolean(),
  /** Nothing is blocked by this sweep: what it finds is the baseline of a region or of a trust policy. */
  isQuiet: z.boolean(),
  /** Pages done. */
  page: z.int(),
  /** Where the next page starts. */
  marker: z.string().optional(),
  tally: tallySchema,
});

export type SweepState = z.infer<typeof sweepStateSchema>;

export function sweepKey(region: string): ItemKey {
  return { partition: `sweep#${region}`, sort: "sweep" };
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
    failed: joined(a.failed, b.failed),
  };
}
