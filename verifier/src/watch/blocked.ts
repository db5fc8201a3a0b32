import type { Place } from "../model/place.ts";
import type { Items } from "../ports.ts";
import { RECORDS } from "./keys.ts";
import { parseRecord } from "./records.ts";

const PAGE = 100;

/** Every function that is blocked, that a block was begun or ended of, or whose block is held. */
export async function blockedPlaces(items: Items): Promise<Place[]> {
  const places: Place[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await items.list(RECORDS, (value) => parseRecord(value), {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    for (const { sort, value } of page) {
      const [account = "", region = "", name = ""] = sort.split("/");
      if (value.block && !value.isGone) places.push({ account, region, name });
    }
    const last = page.at(-1);
    // What does not parse is left out of a page, so that only an empty one is surely the last.
    if (!last) return places;
    before = last.sort;
  }
}
