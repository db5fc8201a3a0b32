import type { Place } from "../model/place.ts";
import { keyOf } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import type { Functions, Items } from "../ports.ts";
import { readRecords } from "../watch/records.ts";
import type { ReadAhead } from "../watcher.ts";
import { systemTimer, type Timer } from "./budget.ts";

/** Milliseconds for listing a region's versions; what takes longer is asked for function by function. */
const LONGEST_LISTING = 300_000;
/** A hundred thousand versions: their functions' names are in memory. */
const MOST_PAGES = 2000;

/** Reads what is known of a page's functions at once. @throws AwsFailure */
export type ReadPage = (
  where: Pick<Place, "account" | "region">,
  sweep: string,
  places: readonly Place[],
) => Promise<ReadAhead>;

/**
 * Two requests a page in place of two a function: Lambda answers 15 requests a second that are not GetFunction, of all
 * callers together. Which functions have published versions is listed once a sweep, by the process that goes on with it.
 *
 * @param ports `functions` within the sweep's budget
 */
export function createReadAhead(
  { functions, items }: { readonly functions: Pick<Functions, "published">; readonly items: Items },
  timer: Timer = systemTimer,
): ReadPage {
  const known = new Map<string, { readonly sweep: string; readonly names: Promise<Names> }>();

  function namesOf(where: Pick<Place, "account" | "region">, sweep: string): Promise<Names> {
    const before = known.get(where.region);
    if (before?.sweep === sweep) return before.names;
    const names = listNames(where);
    known.set(where.region, { sweep, names });
    // A failure is not kept: the page is tried again, and lists anew.
    names.catch(() => known.delete(where.region));
    return names;
  }

  async function listNames(where: Pick<Place, "account" | "region">): Promise<Names> {
    const names = new Set<string>();
    const end = timer.now() + LONGEST_LISTING;
    let marker: string | undefined;
    for (let page = 0; page < MOST_PAGES && timer.now() < end; page++) {
      const listed = await functions.published(where, marker);
      for (const name of listed.names) names.add(name);
      marker = listed.next;
      if (marker === undefined) return names;
    }
    return undefined;
  }

  return async (where, sweep, places) => {
    const [names, list] = await Promise.all([namesOf(where, sweep), readRecords(items, places)]);
    const records = new Map<string, FunctionRecord | undefined>(
      places.map((place, index) => [keyOf(place), list[index]]),
    );
    return {
      record: (place) => records.get(keyOf(place)),
      isUnpublished: ({ name }) => names?.has(name) === false,
    };
  };
}

/** Functions with published versions; `undefined` where there are too many to be listed. */
type Names = ReadonlySet<string> | undefined;
