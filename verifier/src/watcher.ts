import type { Change, Finding } from "./model/finding.ts";
import type { Inspection } from "./model/inspection.ts";
import type { Place } from "./model/place.ts";
import type { FunctionRecord } from "./model/record.ts";

/** Why a function is looked at. */
export type Cause =
  /**
   * @property change of the calls that are answered, the one that explains most
   * @property concurrency the last of them that sets concurrency
   * @property receivedAt when the message was handed to us: a judgement read later than this answers it
   */
  | {
      readonly kind: "event";
      readonly change: Change | undefined;
      readonly concurrency: Change | undefined;
      readonly receivedAt: Date;
    }
  /** @property isQuiet the first sweep of a region, or of a trust policy: nothing is blocked, what is there is the baseline */
  | {
      readonly kind: "sweep";
      readonly id: string;
      readonly isQuiet: boolean;
      readonly ahead?: ReadAhead;
    }
  /** Somebody asked for this one. Never blocks more than an event would. */
  | { readonly kind: "asked"; readonly receivedAt: Date };

/** What a sweep has read of many functions at once, so that it need not ask for each alone. */
export interface ReadAhead {
  /** As it was when the sweep came to the function's page. */
  record(place: Place): FunctionRecord | undefined;
  /** Whether no version of it was published when the sweep began. */
  isUnpublished(place: Place): boolean;
}

/** What a look at a function came to. */
export interface Watched {
  readonly place: Place;
  /** `gone`: there is no such function any more; `own`: the verifier itself; `answered`: a later look has seen it already. */
  readonly result: "judged" | "unchanged" | "gone" | "own" | "out-of-scope" | "answered";
  readonly record: FunctionRecord | undefined;
  readonly inspection: Inspection | undefined;
  /** What was told. */
  readonly findings: readonly Finding[];
}

/**
 * Keeps one function right: reads it, judges it, remembers, acts, tells, and looks again whether it changed
 * meanwhile. One at a time for each function, whoever asks.
 */
export interface Watcher {
  /** @throws AwsFailure, Error where it has to be tried again: nothing is lost by that */
  watch(place: Place, cause: Cause): Promise<Watched>;
}
