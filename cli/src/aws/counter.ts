import type { Environment } from "../environment.ts";

/** Between two lines of progress. Milliseconds. */
const INTERVAL = 200;

export interface Counter {
  readonly step: () => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Says on a terminal how many of how many functions were looked at; elsewhere nothing. */
export function createCounter({ stderr }: Pick<Environment, "stderr">, total: number): Counter {
  if (stderr.isTTY !== true) return { step: () => undefined, end: () => undefined };
  let done = 0;
  let last = 0;
  return {
    step: () => {
      done++;
      const now = performance.now();
      if (now - last < INTERVAL) return;
      last = now;
      stderr.write(`\r\u001b[Klooked at ${done} of ${total} functions`);
    },
    end: () => {
      if (done > 0) stderr.write("\r\u001b[K");
    },
  };
}
