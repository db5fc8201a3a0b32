import { type FnsealError } from "@fnseal/core";
import type { Part } from "../aws/part.ts";
import type { Remembered } from "../aws/state.ts";
import type { Finding, FunctionRecord, SweepState } from "../aws/verifierParts.ts";
import { printableLine } from "../output.ts";
import {
  type FunctionStatus,
  obstaclesOf,
  problemsOf,
  type RegionStatus,
  type StatusReport,
} from "./status.ts";
import { count, table } from "./table.ts";

/** The verifier's state for a person: what is wrong first. */
export function statusText(report: StatusReport): string {
  const { verifier, functions, pause, breaker, regions, subscriptions, queues, settings, now } = report;
  const obstacles = obstaclesOf(report);
  const problems = problemsOf(report);
  const list = "value" in functions ? functions.value : [];
  const limit = "value" in settings ? ` of ${settings.value.breaker.blocksPerHour}` : "";
  const paused = "value" in pause ? pause.value : undefined;
  return [
    `${printableLine(verifier.name)} in ${verifier.region}: ${headline(list)}`,
    ...obstacles.map((text) => `  ! ${printableLine(text)}`),
    ...problems.map((error) => `  ! ${problemText(error)}`),
    ...(paused
      ? [
          `  ! nothing is blocked anew until ${paused.until}: ${printableLine(paused.reason)} (${printableLine(paused.by)})`,
        ]
      : []),
    "",
    ...functionsTable(list, now),
    "",
    ...regionsTable(regions),
    "",
    ...valueLines(
      breaker,
      ({ blocksLastHour }) => `breaker: ${blocksLastHour}${limit} blocks in the last hour`,
    ),
    ...valueLines(subscriptions, ({ confirmed, unconfirmed }) => {
      const open = unconfirmed.length > 0 ? `, ${unconfirmed.length} not confirmed` : "";
      return `told: ${count(confirmed, "subscription")}${open}`;
    }),
    ...valueLines(queues, (all) => {
      const shown = all.map(({ name, waiting, inFlight }) => `${name} ${waiting + inFlight}`);
      return `queues: ${shown.join(", ") || "none"}`;
    }),
  ].join("\n");
}

function headline(functions: readonly Remembered[]): string {
  const counts = new Map<string, number>();
  for (const { record } of functions) {
    const status = record.isInScope ? (record.judged?.status ?? "not judged") : "out of scope";
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, number]) => `${number} ${status}`);
  return `${count(functions.length, "function")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

const WORST_FIRST = ["rejected", "undecided", undefined, "exempt", "verified"] as const;

function functionsTable(functions: readonly Remembered[], now: Date): string[] {
  if (functions.length === 0) return ["no function was judged yet"];
  const rank = ({ record }: Remembered): number => WORST_FIRST.indexOf(record.judged?.status);
  const rows = [...functions]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ place, record }) => [
      record.judged?.status ?? "not judged",
      place.name,
      place.region,
      record.since,
      blockText(record, now),
      record.judged?.code === undefined ? "" : `[${record.judged.code}]`,
    ]);
  return table(["VERDICT", "FUNCTION", "REGION", "SINCE", "BLOCK", "WHY"], rows);
}

/** `blocked since …`, `held (breaker)`, `released until …`. */
export function blockText({ block, release }: Pick<FunctionRecord, "block" | "release">, now: Date): string {
  const released = release && new Date(release.until) > now ? `released until ${release.until}` : undefined;
  const blocked = block && (block.state === "held" ? `held (${block.why})` : block.state);
  return [blocked, released].filter((text) => text !== undefined).join(", ");
}

function regionsTable(regions: readonly RegionStatus[]): string[] {
  const rows = regions.map(({ region, trail, sweep }) => [
    region,
    "value" in trail ? trail.value.trails.join(", ") || "none" : "unknown",
    "value" in sweep ? sweepText(sweep.value) : "unknown",
  ]);
  return table(["REGION", "TRAIL", "LAST SWEEP"], rows);
}

function sweepText(sweep: SweepState | undefined): string {
  if (!sweep) return "never";
  const counts = Object.entries(sweep.tally.counts).map(([what, number]) => `${number} ${what}`);
  const result = counts.length > 0 ? ` (${counts.join(", ")})` : "";
  if (sweep.finishedAt !== undefined) return `${sweep.finishedAt}${result}`;
  const waiting = sweep.tally.failed.slice(0, 20).join(", ");
  return `under way since ${sweep.startedAt}${result}${waiting === "" ? "" : `; to be tried again: ${waiting}`}`;
}

function valueLines<T>(one: Part<T>, text: (value: T) => string): string[] {
  return "value" in one ? [printableLine(text(one.value))] : [];
}

function problemText({ code, message }: FnsealError): string {
  return `[${code}] ${printableLine(message)}`;
}

/** One function for a person, with what happened to it. */
export function functionStatusText({ remembered, history, now }: FunctionStatus): string {
  const { place, record } = remembered;
  const { judged, release, block } = record;
  const status = judged?.status ?? "not judged";
  const why = judged?.code === undefined ? "" : `: [${judged.code}] ${printableLine(record.reason ?? "")}`;
  return [
    `${place.name} in ${place.region} is ${record.isGone ? "gone" : status}${why}`,
    `  since ${record.since}, last looked at ${record.readAt}`,
    ...(record.isInScope ? [] : ["  out of the verifier's scope"]),
    ...(block ? [`  block: ${blockText({ block, release: undefined }, now)} since ${block.since}`] : []),
    ...(block && block.state !== "held" ? [`  to be given back: ${savedText(block.saved)}`] : []),
    ...(release && new Date(release.until) > now
      ? [`  released until ${release.until}: ${printableLine(release.reason)} (${printableLine(release.by)})`]
      : []),
    ...(judged?.expires === undefined ? [] : [`  its signature ends ${judged.expires}`]),
    "",
    ...("value" in history
      ? historyTable(history.value)
      : [`the history could not be read: ${problemText(history.error)}`]),
  ].join("\n");
}

function savedText({
  reservedConcurrency,
  provisioned,
}: Extract<FunctionRecord["block"], { saved: unknown }>["saved"]): string {
  const reserved = `reserved concurrency ${reservedConcurrency ?? "not set"}`;
  return [
    reserved,
    ...provisioned.map(({ qualifier, requested }) => `provisioned ${requested} on ${qualifier}`),
  ].join(", ");
}

function historyTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ["nothing was told about it yet"];
  const rows = findings.map(({ time, status, code, done, change, text }) => [
    time,
    status,
    `[${code}]`,
    done.map(({ action }) => action).join(", "),
    change?.who ?? "",
    text.split("\n")[0] ?? "",
  ]);
  return table(["TIME", "VERDICT", "CODE", "DONE", "BY", "WHAT"], rows);
}
