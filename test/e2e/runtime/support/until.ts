import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;

/**
 * Asks until there is an answer.
 *
 * @param what for the error past the time limit
 */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= end) {
      throw new Error(`not within ${timeoutMs} ms: ${typeof what === "string" ? what : what()}`);
    }
    await sleep(POLL_MS);
  }
}
