import { atMost } from "../atMost.ts";
import type { Place } from "../model/place.ts";
import type { Log } from "../ports.ts";
import { describeFailure } from "../safeText.ts";
import type { Cause, Watched, Watcher } from "../watcher.ts";
import { addTally, NOTHING, type Tally } from "./state.ts";

/** Functions of a page that are looked at together; the budget spaces their calls. */
const TOGETHER = 8;

export interface PageOptions {
  readonly watcher: Watcher;
  readonly log: Log;
  readonly cause: Extract<Cause, { kind: "sweep" }>;
  /** Whether too little of the invocation's time is left to begin with another function. */
  readonly isLate: () => boolean;
}

/** What a page came to. */
export interface PageDone {
  readonly tally: Tally;
  /** Fewer than there are where time ran out. */
  readonly seen: readonly string[];
}

/** Looks at every function of a page. One that fails does not hold up the others; it is to be tried again. */
export async function sweepPage(
  places: readonly Place[],
  { watcher, log, cause, isLate }: PageOptions,
): Promise<PageDone> {
  let tally = NOTHING;
  const seen: string[] = [];
  const add = (more: Tally): void => void (tally = addTally(tally, more));
  await atMost(TOGETHER, places, async (place) => {
    if (isLate()) return;
    try {
      add(tallyOf(await watcher.watch(place, cause)));
    } catch (thrown) {
      log.warn("a function could not be looked at; it is tried again", {
        function: place,
        why: describeFailure(thrown),
      });
      add({ ...NOTHING, failed: [place.name] });
    }
    seen.push(place.name);
  });
  return { tally, seen };
}

/** What a look at a function adds to the sweep. */
export function tallyOf({ place, result, record }: Watched): Tally {
  switch (result) {
    case "out-of-scope":
      return { ...NOTHING, counts: { [result]: 1 }, leftOut: [place.name] };
    case "own":
    case "gone":
      return { ...NOTHING, counts: { [result]: 1 } };
    case "judged":
    case "unchanged":
    case "answered": {
      const status = record?.judged?.status ?? "undecided";
      const isBad = status === "rejected" || status === "undecided";
      return { ...NOTHING, counts: { [status]: 1 }, bad: isBad ? [place.name] : [] };
    }
  }
}
