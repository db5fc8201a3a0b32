import { setTimeout as sleep } from "node:timers/promises";

/** Whether AWS says that what was asked for does not exist, in whichever service's words. */
export function isGone(cause: unknown): boolean {
  return cause instanceof Error && /NotFound|NoSuch|DoesNotExist|NonExistent/.test(cause.name);
}

/** Says of a lookup's result that it is gone, as the services with real errors do. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** The value, or "gone" where the service answers with nothing. */
export function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new NotFound(`${what} does not exist`);
  return value;
}

/** The result of a lookup, or undefined where there is nothing. */
export async function ifAny<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw cause;
  }
}

const PAUSE_MS = 200;

/** Tries again while the error is one that passes by itself, up to the time limit. */
export async function retrying<Value>(
  work: () => Promise<Value>,
  passes: (cause: Error) => boolean,
  timeoutMs = 30_000,
): Promise<Value> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof Error) || !passes(cause) || Date.now() > end) throw cause;
    }
    await sleep(PAUSE_MS);
  }
}

/** Waits until `done` says so; fails past the time limit. */
export async function until(done: () => Promise<boolean>, what: string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(PAUSE_MS);
  }
}
