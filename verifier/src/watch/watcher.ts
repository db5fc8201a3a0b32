import { AwsFailure } from "../awsFailure.ts";
import type { Inspector } from "../inspect/index.ts";
import type { FunctionFacts } from "../model/facts.ts";
import type { Inspection } from "../model/inspection.ts";
import { keyOf, type Place } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import { findingOfScope } from "../notify/index.ts";
import type { Ports } from "../ports.ts";
import type { Cause, ReadAhead, Watched, Watcher } from "../watcher.ts";
import { aboutOf, changeOf, type Look, type WatchOptions } from "./context.ts";
import { reappeared, savedOf } from "./judge.ts";
import { acquireLease } from "./lease.ts";
import { concurrencyCall } from "./lifts.ts";
import { closeOutbox, flush, withOutgoing } from "./outbox.ts";
import { emptyRecord, openCell, readRecord, TOMBSTONE_MS } from "./records.ts";
import { PATIENCE, TryAgain } from "./retry.ts";
import { finishRound, isStill } from "./round.ts";
import { areTagsInScope, isNameInScope } from "./scope.ts";
import { canSkip } from "./sealed.ts";

/** A function that keeps changing is left to a later try. */
const ROUNDS = 5;

/** See {@link Watcher}. Keep one for a process. */
export function createWatcher(ports: Ports, inspector: Inspector, given: WatchOptions): Watcher {
  const options = { ...given, patience: given.patience ?? PATIENCE };
  const { items, clock } = ports;
  return {
    watch: async (place, cause) => {
      const nothing = { place, record: undefined, inspection: undefined, findings: [] };
      if (keyOf(place) === keyOf(options.own)) return { ...nothing, result: "own" };
      if (!isNameInScope(place, options.settings)) return { ...nothing, result: "out-of-scope" };
      if (cause.kind === "sweep") {
        const before = cause.ahead ? cause.ahead.record(place) : await readRecord(items, place);
        if (isAnswered(before, cause, options.policyHash))
          return { ...nothing, record: before, result: "answered" };
        // Without a lease, for nothing is written: nearly all functions of a sweep end here.
        if (await isUnchanged(place, before, cause.ahead))
          return { ...nothing, record: before, result: "unchanged" };
      }
      const lease = await acquireLease(place, { items, clock, patience: options.patience }, async () =>
        isAnswered(await readRecord(items, place), cause, options.policyHash),
      );
      if (lease === "answered")
        return { ...nothing, record: await readRecord(items, place), result: "answered" };
      try {
        const cell = await openCell(items, place);
        if (isAnswered(cell.record, cause, options.policyHash)) {
          return { ...nothing, record: cell.record, result: "answered" };
        }
        return await lookAt({ ports, inspector, options, place, cause, lease, cell, told: [] });
      } finally {
        await lease.release();
      }
    },
  };

  async function isUnchanged(
    place: Place,
    record: FunctionRecord | undefined,
    ahead: ReadAhead | undefined,
  ): Promise<boolean> {
    if (record?.judged?.policy !== options.policyHash) return false;
    const facts = await ports.functions.get(place);
    if (!facts || !areTagsInScope(facts.tags, options.settings)) return false;
    return canSkip(record, {
      now: clock(),
      arn: facts.arn,
      policyHash: options.policyHash,
      trustSealedForDays: options.settings.sweep.trustSealedForDays,
      seal: ports.seal,
      facts,
      fingerprint: () =>
        inspector.fingerprint(facts, {
          saved: savedOf(record),
          isUnpublished: ahead?.isUnpublished(place) === true,
        }),
    });
  }
}

/** Whether a look that began later than what we come for has seen everything, done it and told it. */
function isAnswered(record: FunctionRecord | undefined, cause: Cause, policyHash: string): boolean {
  if (!record || record.outbox.length > 0 || record.tagging !== undefined) return false;
  if (record.block?.state === "blocking" || record.block?.state === "restoring") return false;
  if (record.judged?.policy !== policyHash) return false;
  // It may be the call that tells who lifted a block.
  if (record.doubtedLift && concurrencyCall(cause)) return false;
  if (cause.kind === "sweep") return record.sweep === cause.id;
  return new Date(record.readAt).getTime() >= cause.receivedAt.getTime();
}

async function lookAt(look: Look): Promise<Watched> {
  const { ports, place, inspector, cell, told } = look;
  let inspection: Inspection | undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    const readAt = ports.clock();
    const facts = await ports.functions.get(place);
    if (!facts) return { ...(await forget(look)), place, inspection, findings: told };
    const previous = reappeared(cell.record ?? emptyRecord(readAt), facts);
    if (!areTagsInScope(facts.tags, look.options.settings)) {
      return { ...(await leave(look, previous, facts, readAt)), place, inspection, findings: told };
    }
    inspection = await inspectOrGone(inspector, facts, previous);
    if (!inspection) continue;
    const hasActed = await finishRound(look, previous, inspection, readAt);
    if (!hasActed || (await isStill(look, inspection))) {
      return { place, result: "judged", record: cell.record, inspection, findings: told };
    }
  }
  throw new TryAgain(`${place.name} keeps changing while it is looked at`);
}

async function inspectOrGone(
  inspector: Inspector,
  facts: FunctionFacts,
  previous: FunctionRecord,
): Promise<Inspection | undefined> {
  try {
    return await inspector.inspect(facts, { saved: savedOf(previous) });
  } catch (thrown) {
    if (thrown instanceof AwsFailure && thrown.kind === "gone") return undefined;
    throw thrown;
  }
}

type Ended = Pick<Watched, "result" | "record">;

/** There is no such function any more: what waits is told, and the record kept for a while. */
async function forget({ ports, place, cell, told }: Look): Promise<Ended> {
  const { record } = cell;
  if (record && (!record.isGone || record.outbox.length > 0)) {
    const now = ports.clock();
    const outbox = closeOutbox(record.outbox, [{ action: "none", detail: "the function is gone" }]);
    const next: FunctionRecord = { ...record, isGone: true, readAt: now.toISOString(), outbox };
    const expires = new Date(now.getTime() + TOMBSTONE_MS);
    await cell.commit(next, expires);
    told.push(...(await flush(ports, place, cell)));
    // Telling wrote it without its end.
    if (outbox.length > 0 && cell.record) await cell.commit(cell.record, expires);
  }
  return { result: "gone", record: cell.record };
}

/** It has not the tags of the scope. One that had them is told of, once; its record stays as the last judgement left it. */
async function leave(
  look: Look,
  previous: FunctionRecord,
  facts: FunctionFacts,
  readAt: Date,
): Promise<Ended> {
  const { ports, place, cell, cause, told } = look;
  const isLeaving = cell.record !== undefined && previous.isInScope;
  const next: FunctionRecord = { ...previous, isInScope: false, isGone: false, readAt: readAt.toISOString() };
  if (isLeaving) {
    const isStopped = previous.block?.state === "blocked" || previous.block?.state === "blocking";
    const finding = findingOfScope(aboutOf(look, facts, changeOf(cause)), isStopped, previous.readAt);
    const outgoing = withOutgoing(next, [{ finding, isMailed: true, isOpen: false }], ports.log);
    const outbox = closeOutbox(outgoing.outbox, [{ action: "none", detail: "it left the scope" }]);
    await cell.commit({ ...outgoing, outbox });
  } else if (!cell.record) {
    // So that it is no new function when it comes into the scope.
    await cell.commit(next);
  }
  told.push(...(await flush(ports, place, cell)));
  return { result: "out-of-scope", record: cell.record };
}
