import { setTimeout as sleep } from "node:timers/promises";
import { AwsFailure } from "../awsFailure.ts";
import type { Item, Items } from "../ports.ts";
import { sweepKey, type SweepState, sweepStateSchema } from "./state.ts";

/** Pages and functions of a sweep are done at the same time; each writes once. */
const ATTEMPTS = 20;

/** The sweeps' states in the table, one for each region. */
export interface Ledger {
  read(region: string): Promise<Item<SweepState> | undefined>;
  /** @returns false where someone else wrote meanwhile */
  put(region: string, state: SweepState, after: number | undefined): Promise<boolean>;
  /**
   * Changes what is there, however often others write at the same moment.
   *
   * @param next `undefined` where there is nothing to change
   * @returns the state as it was written; `undefined` where there was nothing to change
   * @throws AwsFailure `conflict` where others write all the time
   */
  change(
    region: string,
    next: (present: SweepState) => SweepState | undefined,
  ): Promise<SweepState | undefined>;
}

export function createLedger(items: Items): Ledger {
  const read = (region: string) => items.get(sweepKey(region), (value) => sweepStateSchema.parse(value));
  const put = (region: string, state: SweepState, after: number | undefined) =>
    items.put(sweepKey(region), state, after);
  return {
    read,
    put,
    change: async (region, next) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const item = await read(region);
        const state = item && next(item.value);
        if (!state || (await put(region, state, item.revision))) return state;
        await sleep(10 * (1 + attempt) * Math.random());
      }
      const action = "dynamodb:PutItem";
      throw new AwsFailure("conflict", action, `${action}: others write the sweep of ${region} all the time`);
    },
  };
}
