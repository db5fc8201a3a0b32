import type { Clock, Log } from "../ports.ts";
import type { Tell } from "../tell.ts";
import type { Watcher } from "../watcher.ts";
import { roleMisused } from "./findings.ts";
import type { Call, Job } from "./jobs.ts";
import type { OwnCalls } from "./ownCalls.ts";
import { setsConcurrency, weightOf } from "./weight.ts";

/** The note of a call of ours may be written a moment after its event has come: so often it is waited for. */
const RECEIVES_FOR_A_NOTE = 3;

/** A message that should come again, though nothing went wrong. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}

export interface LookPorts {
  readonly watcher: Watcher;
  readonly ownCalls: OwnCalls;
  readonly tell: Tell;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LookOptions {
  /** The role that the verifier runs as. */
  readonly roleArn: string;
  readonly documentation: string;
}

/**
 * Answers calls to one function by one look at it. Calls of the verifier itself need none; a call that its role made
 * and that it does not know is told, and answered like anybody's.
 *
 * @throws NotYet where it is too early to tell; what the watcher throws
 */
export async function look(
  { place, calls }: Extract<Job, { kind: "function" }>,
  ports: LookPorts,
  options: LookOptions,
): Promise<void> {
  const receivedAt = ports.clock();
  const foreign: Call[] = [];
  let isEarly = false;
  for (const call of calls) {
    const whose = await whoseIs(call, ports.ownCalls, options.roleArn);
    if (whose === "unknown" && call.record.attributes.ApproximateReceiveCount < RECEIVES_FOR_A_NOTE) {
      isEarly = true;
    } else if (whose !== "own") {
      if (whose === "unknown") {
        const { change } = call;
        const origin = { now: receivedAt, documentation: options.documentation };
        ports.log.error("the verifier's role is used by another one", { event: change.eventId });
        await ports.tell(roleMisused(place, change, origin));
      }
      foreign.push(call);
    }
  }
  if (foreign.length > 0) {
    const { change } = heaviest(foreign);
    const concurrency = foreign.map((call) => call.change).findLast(({ event }) => setsConcurrency(event));
    const watched = await ports.watcher.watch(place, { kind: "event", change, concurrency, receivedAt });
    const { result, record } = watched;
    ports.log.info("a function was looked at", {
      function: place,
      result,
      status: record?.judged?.status,
      code: record?.judged?.code,
    });
  }
  if (isEarly) throw new NotYet("a call of the verifier's role whose note is not there yet");
}

async function whoseIs(
  { caller }: Call,
  ownCalls: OwnCalls,
  roleArn: string,
): Promise<"own" | "unknown" | "foreign"> {
  if (caller.roleArn !== roleArn) return "foreign";
  const isNoted = caller.requestId !== undefined && (await ownCalls.isOwn(caller.requestId));
  return isNoted ? "own" : "unknown";
}

/** Of equals the last. */
function heaviest(calls: readonly Call[]): Call {
  return calls.reduce((best, call) => {
    const more = weightOf(call.change.event) - weightOf(best.change.event);
    return more > 0 || (more === 0 && call.change.time >= best.change.time) ? call : best;
  });
}
