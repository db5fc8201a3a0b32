import { lazy } from "../lazy.ts";
import { RE2JS } from "re2js";
import * as z from "zod";
import { DAY } from "./day.ts";
import { leavesOwnerOpen } from "./openPattern.ts";

const UNITS: Readonly<Record<string, number>> = { h: DAY / 24, d: DAY, w: 7 * DAY };

/** `12h`, `90d`, `4w`; becomes milliseconds. */
export const duration = lazy(() =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}[hdw]$/, "must be a duration such as 12h, 90d or 4w")
    .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN))
    .describe("A duration: a number and h, d or w."),
);

const dateOrTime = lazy(() =>
  z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "must be a date such as 2026-12-31 or a time such as 2026-12-31T12:00:00Z",
  }),
);

/** A point in time; a bare date means its first moment in UTC. */
export const startOf = lazy(() =>
  dateOrTime()
    .transform((text) => new Date(text))
    .describe("A date (its first moment, UTC) or a time."),
);

/** A point in time; a bare date means the end of that day in UTC, for a person who reads "until the 31st". */
export const endOf = lazy(() =>
  dateOrTime()
    .transform((text) => (text.includes("T") ? new Date(text) : new Date(new Date(text).getTime() + DAY)))
    .describe("A date (the end of that day, UTC) or a time."),
);

/** Strings that no honest pattern for a signer matches: a pattern that does is too broad. */
const NOBODY = [
  "",
  "a",
  "https://example.invalid/a/b/.github/workflows/c.yml@refs/heads/main",
  "nobody@example.invalid",
];

/** Whether a pattern matches subjects of owners that nobody named. */
export function matchesAnyOwner(pattern: string | undefined): boolean {
  // What is no pattern has been reported at its own field.
  return pattern !== undefined && patternProblem(pattern) === undefined && leavesOwnerOpen(pattern);
}

/**
 * A pattern for a keyless subject. RE2 syntax, so that matching takes linear time; anchored, so that it says
 * what the whole subject is.
 */
export const subjectPattern = lazy(() =>
  z
    .string()
    .max(500)
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem) context.addIssue({ code: "custom", message: problem });
    })
    .describe("An anchored RE2 pattern (^…$) for the certificate's subject. Prefer `subject`."),
);

function patternProblem(pattern: string): string | undefined {
  if (!pattern.startsWith("^") || !/[^\\](\\\\)*\$$/.test(pattern)) return "must be anchored: ^…$";
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (thrown) {
    return `is not an RE2 pattern: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  // "^a|b$" is anchored in each half only.
  if (NOBODY.some((text) => compiled.matches(text)))
    return "is too broad: it matches signers that nobody named";
  return undefined;
}
