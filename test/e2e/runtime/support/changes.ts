import type { Result } from "../../../support/engine.ts";

interface StepEvent {
  metadata: { op: string; type: string; urn: string };
}

/** What the engine did, as `update aws:lambda/function:Function watch-verifier`; what stays is left out. */
export function changesOf({ events }: Result): string[] {
  return events
    .map((event) => event["resOutputsEvent"] as StepEvent | undefined)
    .filter((event) => event !== undefined)
    .map(({ metadata: { op, type, urn } }) => `${op} ${type} ${urn.split("::").slice(3).join("::")}`)
    .filter((line) => !line.startsWith("same "))
    .sort();
}

/** The engine's own count, by what it did. */
export function countsOf({ events }: Result): Readonly<Record<string, number>> {
  const summary = events.map((event) => event["summaryEvent"]).find((event) => event !== undefined);
  return (summary as { resourceChanges: Record<string, number> }).resourceChanges;
}
