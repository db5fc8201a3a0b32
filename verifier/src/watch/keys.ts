import { keyOf, type Place } from "../model/place.ts";
import type { ItemKey } from "../ports.ts";

/** The partition of all function records; a region's have the prefix `account/region/`. */
export const RECORDS = "function";

export function recordKey(place: Place): ItemKey {
  return { partition: RECORDS, sort: keyOf(place) };
}

export function leaseKey(place: Place): ItemKey {
  return { partition: `lease#${keyOf(place)}`, sort: "lease" };
}

/** The partition of a function's changes of state, by time. */
export function historyPartition(place: Place): string {
  return `history#${keyOf(place)}`;
}

export const BREAKER_KEY: ItemKey = { partition: "breaker", sort: "breaker" };
export const PAUSE_KEY: ItemKey = { partition: "pause", sort: "pause" };
/** Where what operators did waits to be told. */
export const OPERATOR_KEY: ItemKey = { partition: "operator", sort: "operator" };
