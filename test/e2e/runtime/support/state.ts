import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createItems } from "../../../../verifier/src/aws/items.ts";
import type { FunctionRecord } from "../../../../verifier/src/model/record.ts";
import { type SweepState, sweepKey, sweepStateSchema } from "../../../../verifier/src/sweep/state.ts";
import { readRecord } from "../../../../verifier/src/watch/records.ts";
import { HOME_REGION } from "../../../support/emulator/clients.ts";
import type { Emulator } from "../../../support/emulator.ts";
import { until } from "./until.ts";

/** What the verifier remembers, read past it. */
export interface State {
  readonly recordOf: (name: string, region?: string) => Promise<FunctionRecord | undefined>;
  /** Waits until it is as wanted. */
  readonly wait: (
    name: string,
    isWanted: (record: FunctionRecord) => boolean,
    region?: string,
  ) => Promise<FunctionRecord>;
  /** The sweep of a region that runs, or the last one. */
  readonly sweepOf: (region?: string) => Promise<SweepState | undefined>;
}

export function stateOf(emulator: Emulator, table: string): State {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const items = createItems(new DynamoDBClient(emulator.config()), table, silent);
  const recordOf: State["recordOf"] = (name, region = HOME_REGION) =>
    readRecord(items, { account: emulator.accountId, region, name });
  return {
    recordOf,
    wait: async (name, isWanted, region) => {
      let last: FunctionRecord | undefined;
      return until(
        () => `the wanted record of ${name}; the last one was ${JSON.stringify(last)}`,
        async () => {
          last = await recordOf(name, region);
          return last && isWanted(last) ? last : undefined;
        },
      );
    },
    sweepOf: async (region = HOME_REGION) =>
      (await items.get(sweepKey(region), (value) => sweepStateSchema.parse(value)))?.value,
  };
}
