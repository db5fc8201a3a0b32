import type { Environment } from "./environment.ts";
import { printableLine } from "./output.ts";

/** Shorter work needs no explanation. Milliseconds. */
const QUIET = 1000;
const INTERVAL = 200;

export interface Progress {
  readonly onProgress: (bytes: number) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Says on a terminal how far the reading is, once that takes long; elsewhere nothing. */
export function createProgress({ stderr }: Environment, path: string): Progress {
  if (stderr.isTTY !== true) return { onProgress: () => undefined, end: () => undefined };
  const began = performance.now();
  let last = began + QUIET - INTERVAL;
  let shown = false;
  return {
    onProgress: (bytes) => {
      const now = performance.now();
      if (now - last < INTERVAL) return;
      last = now;
      shown = true;
      stderr.write(`\r\u001b[Kreading ${printableLine(path)}: ${Math.round(bytes / 1e6)} MB`);
    },
    end: () => {
      if (shown) stderr.write("\r\u001b[K");
    },
  };
}
