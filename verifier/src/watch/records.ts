import { CODES, type Code } from "@fnseal/core";
import * as z from "zod";
import { findingSchema } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import type { Items } from "../ports.ts";
import { recordKey } from "./keys.ts";
import { TryAgain } from "./retry.ts";

/** How long a function that is gone is remembered: one that comes back is no new one. */
export const TOMBSTONE_MS = 30 * 86_400_000;

const concurrency = z.int().min(0).max(1_000_000);
const instant = z.iso.datetime();
const maybe = <T extends z.ZodType>(type: T) => type.optional().transform((value) => value ?? undefined);
/** A code that an older version knew is no reason to forget a function. */
const code = z.string().transform((name): Code => (name in CODES ? (name as Code) : "internal-error"));

const savedSchema = z.object({
  reservedConcurrency: maybe(concurrency),
  provisioned: z.array(z.object({ qualifier: z.string(), requested: concurrency })),
});

const blockSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.enum(["blocking", "blocked", "restoring"]),
    since: instant,
    saved: savedSchema,
    isFailureTold: z.boolean().default(false),
  }),
  z.object({ state: z.literal("held"), since: instant, why: z.enum(["breaker", "pause", "release"]) }),
]);

const judgedSchema = z.object({
  at: instant,
  fingerprint: z.string(),
  policy: z.string(),
  status: z.enum(["verified", "exempt", "rejected", "undecided"]),
  code: maybe(code),
  expires: maybe(instant),
  seal: z.string(),
});

/**
 * A record in the state table. What a block saved has to be right or the item counts as unreadable; all else has
 * a value that makes the next look judge anew.
 */
const recordSchema = z.object({
  judged: maybe(judgedSchema),
  reason: maybe(z.string()),
  since: instant,
  block: maybe(blockSchema),
  release: maybe(z.object({ until: instant, reason: z.string(), by: z.string() })),
  doubtedLift: maybe(z.object({ reserved: maybe(concurrency), since: instant, seenAt: instant })).catch(
    undefined,
  ),
  verifiedDigests: z.array(z.string()).catch([]),
  toldVersions: z.record(z.string(), z.string()).catch({}),
  toldExpiry: maybe(z.object({ expires: z.string(), days: z.number() })),
  tag: maybe(z.string()),
  tagging: maybe(z.string()),
  readAt: instant,
  sweep: maybe(z.string()),
  hasChanged: z.boolean().default(false),
  isInScope: z.boolean().default(true),
  isGone: z.boolean().default(false),
  isMailed: z.boolean().default(false),
  outbox: z.array(z.object({ finding: findingSchema, isMailed: z.boolean(), isOpen: z.boolean() })).catch([]),
});

const LONG_AGO = new Date(0).toISOString();

/** @throws ZodError */
export function parseRecord(value: unknown, revision = 0): FunctionRecord {
  return { revision, ...recordSchema.parse(value) };
}

/** Of a function that was not seen yet. */
export function emptyRecord(now: Date): FunctionRecord {
  return {
    revision: 0,
    judged: undefined,
    reason: undefined,
    since: now.toISOString(),
    block: undefined,
    release: undefined,
    doubtedLift: undefined,
    verifiedDigests: [],
    toldVersions: {},
    toldExpiry: undefined,
    tag: undefined,
    tagging: undefined,
    readAt: LONG_AGO,
    sweep: undefined,
    hasChanged: false,
    isInScope: true,
    isGone: false,
    isMailed: false,
    outbox: [],
  };
}

export async function readRecord(items: Items, place: Place): Promise<FunctionRecord | undefined> {
  const item = await items.get(recordKey(place), (value) => parseRecord(value));
  return item && { ...item.value, revision: item.revision };
}

/** Those of many functions, in their order; to be read only. */
export async function readRecords(
  items: Items,
  places: readonly Place[],
): Promise<readonly (FunctionRecord | undefined)[]> {
  const found = await items.getMany(places.map(recordKey), (value) => parseRecord(value));
  return found.map((item) => item && { ...item.value, revision: item.revision });
}

/** A record, and the only way to change it: each commit is refused if somebody else wrote since it was read. */
export interface Cell {
  readonly record: FunctionRecord | undefined;
  /** @throws TryAgain where somebody else wrote */
  commit(next: FunctionRecord, expires?: Date): Promise<FunctionRecord>;
  /** Reads it anew. */
  refresh(): Promise<FunctionRecord | undefined>;
}

export async function openCell(items: Items, place: Place): Promise<Cell> {
  let record = await readRecord(items, place);
  return {
    get record() {
      return record;
    },
    commit: async (next, expires) => {
      const after = record?.revision;
      // The item has a revision of its own.
      const value = { ...next, revision: undefined };
      if (!(await items.put(recordKey(place), value, after, expires))) {
        throw new TryAgain(`the record of ${place.name} was changed by another one`);
      }
      record = { ...next, revision: (after ?? 0) + 1 };
      return record;
    },
    refresh: async () => {
      record = await readRecord(items, place);
      return record;
    },
  };
}
