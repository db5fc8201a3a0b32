import { atMost } from "../atMost.ts";
import type { ListedFunction } from "../model/facts.ts";
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
  /** Keeps a function that could not be looked at for later. */
  readonly later: (listed: ListedFunction) => Promise<void>;
}

/**
 * Looks at every function of a page. One that fails does not hold up the others.
 *
 * @returns `undefined` where time ran out: the page is to be looked at again, and what was judged is not judged again
 */
export async function sweepPage(
  functions: readonly ListedFunction[],
  { watcher, log, cause, isLate, later }: PageOptions,
): Promise<Tally | undefined> {
  let tally = NOTHING;
  let skipped = 0;
  const add = (more: Tally): void => void (tally = addTally(tally, more));
  await atMost(TOGETHER, functions, async (listed) => {
    if (isLate()) {
      skipped++;
      return;
    }
    const { place } = listed;
    try {
      add(tallyOf(await watcher.watch(place, cause)));
    } catch (thrown) {
      log.warn("a function could not be looked at; it is tried again", {
        function: place,
        why: describeFailure(thrown),
      });
      await later(listed);
      add({ ...NOTHING, counts: { failed: 1 }, failed: [place.name] });
    }
  });
  return skipped === 0 ? tally : undefined;
}

function tallyOf({ place, result, record }: Watched): Tally {
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
