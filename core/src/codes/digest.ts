import type { CodeTable } from "./table.ts";

/** Codes about the artifact itself: what could not be read, and what must not be in it. */
export const DIGEST_CODES = {
  "artifact-not-found": {
    outcome: "undecided",
    title: "Nothing is at the artifact's path",
    remedy: "Build the artifact first, or correct the path. In the policy pack, set `programFolder`.",
  },
} as const satisfies CodeTable;
