import * as z from "zod";
import { FnsealError } from "@fnseal/core";
import { calling } from "./errors.ts";
import {
  BREAKER_KEY,
  type Finding,
  findingSchema,
  type FunctionRecord,
  historyPartition,
  type Items,
  parseRecord,
  type Pause,
  PAUSE_KEY,
  pauseSchema,
  type Place,
  RECORDS,
  sweepKey,
  type SweepState,
  sweepStateSchema,
} from "./verifierParts.ts";

/** A function as the verifier remembers it. */
export interface Remembered {
  readonly place: Place;
  readonly record: FunctionRecord;
}

/** What the breaker counts. */
export interface BreakerState {
  readonly blocksLastHour: number;
  readonly trippedSince: string | undefined;
}

/** What the verifier remembers, read from its table. Every method throws FnsealError `aws-…`. */
export interface State {
  /** All functions that were ever seen and are not gone, by name. */
  functions(): Promise<readonly Remembered[]>;
  /** One function, gone or not. */
  function(place: Place): Promise<FunctionRecord | undefined>;
  /** The newest first. */
  history(place: Place, limit: number): Promise<readonly Finding[]>;
  pause(now: Date): Promise<Pause | undefined>;
  breaker(now: Date): Promise<BreakerState>;
  sweep(region: string): Promise<SweepState | undefined>;
}

const HOUR = 3_600_000;

/** The breaker's item, as far as it is shown. */
const breakerSchema = z.object({
  blocks: z.array(z.object({ at: z.iso.datetime() })),
  tripped: z.object({ since: z.iso.datetime() }).optional(),
});

export function createState(items: Items): State {
  const get = <T>(key: Parameters<Items["get"]>[0], parse: (value: unknown) => T): Promise<T | undefined> =>
    calling("dynamodb:GetItem", async () => (await items.get(key, parse))?.value);
  return {
    functions: () =>
      calling("dynamodb:Query", async () => {
        const all = await items.list(RECORDS, (value) => parseRecord(value));
        return all
          .map(({ sort, value }) => ({ place: placeOf(sort), record: value }))
          .filter(({ record }) => !record.isGone)
          .sort((a, b) => (a.place.name < b.place.name ? -1 : 1));
      }),
    function: (place) =>
      get({ partition: RECORDS, sort: `${place.account}/${place.region}/${place.name}` }, (value) =>
        parseRecord(value),
      ),
    history: (place, limit) =>
      calling("dynamodb:Query", async () => {
        const found = await items.list(historyPartition(place), (value) => findingSchema.parse(value), {
          limit,
        });
        return found.map(({ value }) => value);
      }),
    pause: async (now) => {
      const pause = await get(PAUSE_KEY, (value) => pauseSchema.parse(value));
      return pause && new Date(pause.until) > now ? pause : undefined;
    },
    breaker: async (now) => {
      const breaker = await get(BREAKER_KEY, (value) => breakerSchema.parse(value));
      const recent = breaker?.blocks.filter(({ at }) => now.getTime() - new Date(at).getTime() < HOUR) ?? [];
      return { blocksLastHour: recent.length, trippedSince: breaker?.tripped?.since };
    },
    sweep: (region) => get(sweepKey(region), (value) => sweepStateSchema.parse(value)),
  };
}

/** The place in a record's key. */
function placeOf(sort: string): Place {
  const [account, region, name] = sort.split("/");
  if (account === undefined || region === undefined || name === undefined) {
    throw new FnsealError("aws-refused", `the table has a record without a place: ${JSON.stringify(sort)}`);
  }
  return { account, region, name };
}
