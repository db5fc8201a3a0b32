import { readFileSync } from "node:fs";
import * as z from "zod";
import { FnsealError } from "@fnseal/core";
import { reasonOf, usageError } from "../errors.ts";
import { exists, writeFiles } from "../files.ts";
import type { Scanned } from "./scanned.ts";

const sha256 = z.string().regex(/^([0-9a-f]{64})?$/);

const baselineSchema = z.strictObject({
  fnsealBaseline: z.literal(1),
  writtenAt: z.iso.datetime(),
  functions: z.array(
    z.strictObject({
      account: z.string(),
      region: z.string(),
      function: z.string(),
      codeSha256: sha256,
      /** What else it runs: other reachable versions' code by its SHA-256, layer versions by ARN. */
      also: z.array(z.string()),
    }),
  ),
});

/** What ran at one moment, so that only what changes later counts. */
export type Baseline = z.infer<typeof baselineSchema>;

/** What all functions run, as a baseline. What is gone is left out. */
export function toBaseline(functions: readonly Scanned[], now: Date): Baseline {
  return {
    fnsealBaseline: 1,
    writtenAt: now.toISOString(),
    functions: functions
      .filter(({ status }) => status !== "gone")
      .map((scanned) => ({
        account: scanned.account,
        region: scanned.region,
        function: scanned.name,
        codeSha256: scanned.codeSha256,
        also: runsAlso(scanned),
      })),
  };
}

/** Everything reachable besides `$LATEST`'s own code. */
function runsAlso({ parts, codeSha256 }: Scanned): string[] {
  const also = parts
    .filter(({ isReachable }) => isReachable)
    .map(({ layer, codeSha256: hash }) => layer ?? hash)
    .filter((what) => what !== codeSha256 && what !== "");
  return [...new Set(also)].sort();
}

/** Tells whether a function runs nothing but what it ran when the baseline was written. */
export function createIsUnchanged(baseline: Baseline): (scanned: Scanned) => boolean {
  const known = new Map(
    baseline.functions.map((entry) => [`${entry.account}/${entry.region}/${entry.function}`, entry]),
  );
  return (scanned) => {
    const entry = known.get(`${scanned.account}/${scanned.region}/${scanned.name}`);
    if (!entry || entry.codeSha256 === "" || entry.codeSha256 !== scanned.codeSha256) return false;
    return runsAlso(scanned).every((what) => entry.also.includes(what));
  };
}

/** @throws FnsealError `file-unreadable`, `usage-invalid` */
export function readBaseline(path: string): Baseline {
  const baseline = parseBaseline(readText(path));
  if (baseline) return baseline;
  throw usageError(`${path} is no baseline that \`fnseal scan --baseline\` wrote`);
}

/**
 * Writes a baseline. What is there is only replaced if it is a baseline.
 *
 * @throws FnsealError `file-exists`, `file-unwritable`
 */
export function writeBaseline(path: string, baseline: Baseline): void {
  assertBaselineOrNothing(path);
  writeFiles([{ path, content: `${JSON.stringify(baseline, undefined, 2)}\n`, replace: true }]);
}

/** To be found out before a scan that takes an hour. @throws FnsealError `file-exists`, `file-unreadable` */
export function assertBaselineOrNothing(path: string): void {
  if (!exists(path) || parseBaseline(readText(path)) !== undefined) return;
  throw new FnsealError("file-exists", `${path} exists and is no baseline`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new FnsealError("file-unreadable", `cannot read the baseline ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

function parseBaseline(text: string): Baseline | undefined {
  try {
    return baselineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
