import type { Change } from "../model/finding.ts";
import { keyOf, type Place } from "../model/place.ts";
import type { SweepMessage } from "../sweep/messages.ts";
import { parseMessage, type QueueRecord } from "./message.ts";
import type { Caller, TrailEvent } from "./trail.ts";

/** A call to a function, and the message that told of it. */
export interface Call {
  readonly record: QueueRecord;
  readonly change: Change;
  readonly caller: Caller;
}

/** What is done at one go: the messages about one function are answered by one look. */
export type Job =
  | { readonly kind: "function"; readonly place: Place; readonly calls: readonly Call[] }
  | {
      readonly kind: "layer";
      readonly layer: Extract<TrailEvent, { kind: "layer" }>;
      readonly record: QueueRecord;
    }
  | { readonly kind: "sweep"; readonly message: SweepMessage; readonly record: QueueRecord };

/** A message that asks for nothing. */
export interface Dropped {
  readonly record: QueueRecord;
  readonly kind: "ignored" | "unusable";
  readonly why: string;
}

/** The jobs of a batch, and what is dropped from it. */
export function toJobs(records: readonly QueueRecord[]): {
  jobs: readonly Job[];
  dropped: readonly Dropped[];
} {
  const functions = new Map<string, { place: Place; calls: Call[] }>();
  const others: Job[] = [];
  const dropped: Dropped[] = [];
  for (const record of records) {
    const message = parseMessage(record.body);
    switch (message.kind) {
      case "function": {
        const { place, change, caller } = message;
        const known = functions.get(keyOf(place)) ?? { place, calls: [] };
        known.calls.push({ record, change, caller });
        functions.set(keyOf(place), known);
        break;
      }
      case "layer":
        others.push({ kind: "layer", layer: message, record });
        break;
      case "sweep":
        others.push({ kind: "sweep", message: message.message, record });
        break;
      case "ignored":
      case "unusable":
        dropped.push({ record, kind: message.kind, why: message.why });
        break;
    }
  }
  const looks = [...functions.values()].map((look): Job => ({ kind: "function", ...look }));
  return { jobs: [...looks, ...others], dropped };
}

export function recordsOf(job: Job): readonly QueueRecord[] {
  return job.kind === "function" ? job.calls.map(({ record }) => record) : [job.record];
}
