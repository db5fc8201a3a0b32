import { existsSync, readFileSync } from "node:fs";

export type Level = "advisory" | "mandatory" | "remediate" | "disabled";

/** What a policy reported, from the engine's event log. */
export interface Violation {
  policy: string;
  pack: string;
  level: Level;
  /** Empty for a stack policy that names no resource. */
  urn: string;
  /** The resource's type token and logical name, from its URN. */
  type: string;
  resource: string;
  /** The policy's description, a line break, and what it reported. */
  message: string;
}

/** What a policy said of a resource that it found nothing wrong with, or found something wrong with. */
export interface Judgement {
  policy: string;
  urn: string;
  outcome: "passed" | "failed" | "not applicable";
}

interface PolicyEvent {
  resourceUrn?: string;
  message: string;
  policyName: string;
  policyPackName: string;
  enforcementLevel: Level;
}

interface SummaryEvent {
  resourceUrn?: string;
  passed?: string[];
  failed?: string[];
  notApplicable?: { policyName: string }[];
}

/** One line of the log: exactly one of these, or an event that the tests don't read. */
export interface EngineEvent {
  policyEvent?: PolicyEvent;
  policyAnalyzeSummaryEvent?: SummaryEvent;
  policyAnalyzeStackSummaryEvent?: SummaryEvent;
  diagnosticEvent?: { message: string; severity: string; urn?: string };
  [other: string]: unknown;
}

/** Reads `--event-log`; no events where the engine ended before it began. */
export function readEvents(path: string): EngineEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
}

export function violationsIn(events: readonly EngineEvent[]): Violation[] {
  return events.flatMap(({ policyEvent: event }) => {
    if (event === undefined) return [];
    const urn = event.resourceUrn ?? "";
    return {
      policy: event.policyName,
      pack: event.policyPackName,
      level: event.enforcementLevel,
      urn,
      ...namesIn(urn),
      message: event.message.trim(),
    };
  });
}

export function judgementsIn(events: readonly EngineEvent[]): Judgement[] {
  return events.flatMap((event) => {
    const summary = event.policyAnalyzeSummaryEvent ?? event.policyAnalyzeStackSummaryEvent;
    if (summary === undefined) return [];
    const urn = summary.resourceUrn ?? "";
    return [
      ...(summary.passed ?? []).map((policy) => ({ policy, urn, outcome: "passed" as const })),
      ...(summary.failed ?? []).map((policy) => ({ policy, urn, outcome: "failed" as const })),
      ...(summary.notApplicable ?? []).map(({ policyName: policy }) => ({
        policy,
        urn,
        outcome: "not applicable" as const,
      })),
    ];
  });
}

/** `urn:pulumi:stack::project::parent$type::name`; a name may itself contain `::`. */
function namesIn(urn: string): { type: string; resource: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), resource: name.join("::") };
}
