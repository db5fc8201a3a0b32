import type { CodeTable } from "./table.ts";

/** One code for each reason for which the strict zip reader refuses an archive. */
export const ZIP_CODES = {
  "zip-duplicate-name": {
    outcome: "rejected",
    title: "Two entries of the zip have the same name",
    remedy: "Build the zip anew: which of the two runs depends on the program that unzips it.",
  },
} as const satisfies CodeTable;
