import { messageOf } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { Done } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import type { Block, Saved } from "../model/record.ts";
import type { Ports } from "../ports.ts";
import { type Hands, stopFunction } from "./block.ts";
import type { Act } from "./decide.ts";
import { toTags } from "./tags.ts";
import { startFunction } from "./restore.ts";

/** What came of acting. */
export interface Acted {
  readonly done: Done;
  /** How the block stands now. */
  readonly block: Block | undefined;
  /** What AWS refused; the look is to be tried again. */
  readonly failure: AwsFailure | undefined;
}

/**
 * Does what the record already says is being done.
 *
 * @throws TryAgain where the lease is lost: the record stays as it is, and the next look finishes
 */
export async function perform(
  hands: Hands & { readonly ports: Pick<Ports, "metrics" | "clock" | "log"> },
  place: Place,
  act: Act,
  block: Block | undefined,
): Promise<Acted | undefined> {
  if (act.kind === "none" || !block || block.state === "held") return undefined;
  const { metrics, clock, log } = hands.ports;
  const { saved } = block;
  const now = clock().toISOString();
  try {
    if (act.kind === "block") {
      await stopFunction(hands, place);
      metrics.count("Blocked", place.region);
      const detail = `stopped: its reserved concurrency is 0 (it was ${describeSaved(saved)})`;
      const blocked: Block = { state: "blocked", since: now, saved, isFailureTold: false };
      return { done: { action: "blocked", detail }, block: blocked, failure: undefined };
    }
    const detail = `it may run again: ${await startFunction(hands, place, saved)}`;
    metrics.count("Restored", place.region);
    return { done: { action: "restored", detail }, block: act.then, failure: undefined };
  } catch (thrown) {
    // Deleted meanwhile is for the next look to see.
    if (!(thrown instanceof AwsFailure)) throw thrown;
    metrics.count("BlockFailed", place.region);
    log.warn("concurrency could not be changed", {
      function: place.name,
      act: act.kind,
      error: messageOf(thrown),
    });
    const action = act.kind === "block" ? "block-failed" : "restore-failed";
    return { done: { action, detail: `${thrown.message}; it is tried again` }, block, failure: thrown };
  }
}

function describeSaved({ reservedConcurrency, provisioned }: Saved): string {
  const number = reservedConcurrency === undefined ? "not set" : `${reservedConcurrency}`;
  const more = provisioned.map(({ qualifier, requested }) => `provisioned ${requested} of ${qualifier}`);
  return [number, ...more].join(", ");
}

/** @returns whether they are written; what AWS refuses for now is thrown after everything else was done */
export async function writeTags(
  { ports, keep }: Hands & { readonly ports: Pick<Ports, "log"> },
  arn: string,
  tag: string,
): Promise<{ readonly isWritten: boolean; readonly failure: AwsFailure | undefined }> {
  await keep();
  try {
    await ports.levers.tag(arn, toTags(tag));
    return { isWritten: true, failure: undefined };
  } catch (thrown) {
    if (!(thrown instanceof AwsFailure)) throw thrown;
    ports.log.warn("tags could not be written", { arn, error: thrown.message });
    // Tags decide nothing: where they are forbidden the message is not tried until it is dead.
    return { isWritten: false, failure: thrown.isPassing ? thrown : undefined };
  }
}
