import type { FnsealError } from "@fnseal/core";
import type { Part } from "../aws/part.ts";
import type { QueueState } from "../aws/queues.ts";
import type { BreakerState, Remembered } from "../aws/state.ts";
import type { Subscriptions } from "../aws/subscriptions.ts";
import type { TrailState } from "../aws/trails.ts";
import type { Finding, Pause, Settings, SweepState } from "../aws/verifierParts.ts";
import { type ExitCode, worst } from "../output.ts";
import { count } from "./table.ts";

/** A watched region. */
export interface RegionStatus {
  readonly region: string;
  readonly sweep: Part<SweepState | undefined>;
  readonly trail: Part<TrailState>;
}

/** Everything that `fnseal status` shows of an installed verifier. */
export interface StatusReport {
  readonly verifier: { readonly name: string; readonly arn: string; readonly region: string };
  readonly settings: Part<Settings>;
  readonly functions: Part<readonly Remembered[]>;
  readonly pause: Part<Pause | undefined>;
  readonly breaker: Part<BreakerState>;
  readonly regions: readonly RegionStatus[];
  readonly subscriptions: Part<Subscriptions>;
  readonly queues: Part<readonly QueueState[]>;
  /** Items of the table that the verifier did not write so. */
  readonly unreadable: readonly string[];
  readonly now: Date;
}

/** One function, and what happened to it. */
export interface FunctionStatus {
  readonly remembered: Remembered;
  readonly history: Part<readonly Finding[]>;
  readonly now: Date;
}

/** What stands in the verifier's way, each as a line for a person. */
export function obstaclesOf(report: StatusReport): string[] {
  const { regions, subscriptions, queues, breaker, unreadable, now } = report;
  const trails = regions.flatMap(({ region, trail }) => {
    if (!("value" in trail) || trail.value.trails.length > 0) return [];
    const why = trail.value.problems.length > 0 ? ` (${trail.value.problems.join("; ")})` : "";
    return [
      `${region} has no trail that logs management write events${why}: changes there are found by the sweep only`,
    ];
  });
  const sweeps = regions.flatMap(({ region, sweep }) =>
    "value" in sweep && sweep.value?.finishedAt === undefined && !isUnderWay(sweep.value, now)
      ? [`${region} was not swept yet: nothing is blocked there`]
      : [],
  );
  const told = "value" in subscriptions ? subscriptions.value : undefined;
  const unconfirmed = (told?.unconfirmed ?? []).map((who) => `the subscription of ${who} is not confirmed`);
  const nobody = told?.confirmed === 0 ? ["nobody is told: the topic has no confirmed subscription"] : [];
  const dead = ("value" in queues ? queues.value : [])
    .filter(({ isDead, waiting, inFlight }) => isDead && waiting + inFlight > 0)
    .map(
      ({ name, waiting, inFlight }) =>
        `${count(waiting + inFlight, "message")} could not be handled and lie in ${name}`,
    );
  const tripped = "value" in breaker ? breaker.value.trippedSince : undefined;
  const breakers = tripped === undefined ? [] : [`the breaker has held blocks since ${tripped}`];
  const items = unreadable.map((item) => `an item of the state table cannot be read: ${item}`);
  return [...breakers, ...items, ...trails, ...sweeps, ...nobody, ...unconfirmed, ...dead];
}

function isUnderWay(sweep: SweepState | undefined, now: Date): boolean {
  return sweep !== undefined && now.getTime() - new Date(sweep.progressAt).getTime() < 3_600_000;
}

/** What could not be found out. */
export function problemsOf(report: StatusReport): FnsealError[] {
  const { settings, functions, pause, breaker, regions, subscriptions, queues } = report;
  const parts: readonly Part<unknown>[] = [
    ...[settings, functions, pause, breaker, subscriptions, queues],
    ...regions.flatMap(({ sweep, trail }) => [sweep, trail]),
  ];
  return parts.flatMap((one) => ("error" in one ? [one.error] : []));
}

/** 1 where a function in scope is rejected; 3 where one is undecided, or something is unknown or in the way. */
export function exitOfStatus(report: StatusReport): ExitCode {
  const functions = "value" in report.functions ? report.functions.value : [];
  const isHindered = obstaclesOf(report).length + problemsOf(report).length > 0;
  return worst([...functions.map(exitOfRemembered), isHindered ? 3 : 0]);
}

export function exitOfRemembered({ record: { judged, isInScope } }: Remembered): ExitCode {
  if (!isInScope) return 0;
  switch (judged?.status) {
    case "verified":
    case "exempt":
      return 0;
    case "rejected":
      return 1;
    case "undecided":
    case undefined:
      return 3;
  }
}
