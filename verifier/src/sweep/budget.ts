import { setTimeout as sleepFor } from "node:timers/promises";

/** Time, so that tests need not wait. Milliseconds. */
export interface Timer {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  sleep: async (milliseconds) => {
    await sleepFor(milliseconds);
  },
};

/** Resolves when one more call may be made. */
export type Take = () => Promise<void>;

/**
 * Spaces calls evenly, also those made at the same time: never more than one each `1 / perSecond` seconds, so that what
 * is left of AWS's limit is there for others at any moment. An unused turn is not saved up.
 *
 * @param perSecond 0 lifts the limit
 */
export function createBudget(perSecond: number, timer: Timer = systemTimer): Take {
  if (perSecond <= 0) return () => Promise.resolve();
  const interval = 1000 / perSecond;
  let next = timer.now();
  return async () => {
    const turn = Math.max(next, timer.now());
    next = turn + interval;
    const wait = turn - timer.now();
    if (wait > 0) await timer.sleep(wait);
  };
}
