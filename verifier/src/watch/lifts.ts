import type { Change } from "../model/finding.ts";
import type { DoubtedLift, FunctionRecord } from "../model/record.ts";
import type { Cause } from "../watcher.ts";

/** AWS may answer with the concurrency from before our own call for a moment. */
const STALE_MS = 5000;
const SECOND = 1000;

/** A block that somebody lifted. */
export interface Lift {
  /** What they set; `undefined`: they removed the reservation. */
  readonly reserved: number | undefined;
  /** When the block began. */
  readonly since: string;
  /** The call that did it, where it is known. */
  readonly change: Change | undefined;
}

/** What a look knows about lifted blocks: what is to be told, and what stays in doubt. */
export interface Lifts {
  readonly told: Lift | undefined;
  readonly doubted: DoubtedLift | undefined;
}

/** The last call that an event is about, where it is one that sets concurrency. */
export function concurrencyCall(cause: Cause): Change | undefined {
  return cause.kind === "event" ? cause.concurrency : undefined;
}

/**
 * Whether concurrency that is not 0 means that somebody lifted the block. Within five seconds of our own call it may
 * be an old answer, unless a call to set it is known that came later than the block. Without one the lift is doubted:
 * the block is put back at once, and the lift is told when its call arrives.
 *
 * @param isLifted blocked before, and the concurrency is not 0
 */
export function liftsOf(
  { block, doubtedLift }: Pick<FunctionRecord, "block" | "doubtedLift">,
  { isLifted, reserved, call, now }: LiftSigns,
): Lifts {
  if (isLifted) {
    const since = block?.since ?? now.toISOString();
    if (call && isBetween(call, since, now)) {
      return { told: { reserved, since, change: call }, doubted: undefined };
    }
    if (now.getTime() - new Date(since).getTime() > STALE_MS) {
      return { told: { reserved, since, change: undefined }, doubted: undefined };
    }
    return { told: undefined, doubted: { reserved, since, seenAt: now.toISOString() } };
  }
  if (doubtedLift && call && isBetween(call, doubtedLift.since, new Date(doubtedLift.seenAt))) {
    const { reserved, since } = doubtedLift;
    return { told: { reserved, since, change: call }, doubted: undefined };
  }
  return { told: undefined, doubted: doubtedLift };
}

export interface LiftSigns {
  readonly isLifted: boolean;
  readonly reserved: number | undefined;
  readonly call: Change | undefined;
  readonly now: Date;
}

/** CloudTrail's times are whole seconds. */
function isBetween({ time }: Change, since: string, until: Date): boolean {
  const at = new Date(time).getTime();
  const begin = Math.floor(new Date(since).getTime() / SECOND) * SECOND;
  return at >= begin && at <= until.getTime();
}
