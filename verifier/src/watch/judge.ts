import type { FunctionFacts } from "../model/facts.ts";
import type { Inspection } from "../model/inspection.ts";
import type { FunctionRecord, Judged, Saved } from "../model/record.ts";
import { isRegionBaselined } from "./baseline.ts";
import { saveConcurrency } from "./block.ts";
import { type Slot, takeSlot } from "./breaker.ts";
import { isQuiet, type Look } from "./context.ts";
import { type Circumstances, type Decision, decide } from "./decide.ts";
import { effectOf } from "./effect.ts";
import { readPause } from "./pause.ts";
import { endOfJudgement, sealOf } from "./sealed.ts";

/** What a block took, as the inspector is told of it. */
export function savedOf(record: FunctionRecord | undefined): Saved["provisioned"] {
  return record?.block && record.block.state !== "held" ? record.block.saved.provisioned : [];
}

/** A function that AWS did not know for a while: a new one of that name has nothing of what a block took. */
export function reappeared(record: FunctionRecord, facts: FunctionFacts): FunctionRecord {
  if (!record.isGone || facts.reservedConcurrency === 0) return record;
  return {
    ...record,
    block: record.block?.state === "held" ? record.block : undefined,
    tag: undefined,
    tagging: undefined,
  };
}

/** A decision with everything in it that had to be asked for. */
export interface Decided {
  readonly decision: Decision;
  readonly slot: Slot | undefined;
  /** With what a block's notice says besides. */
  readonly inspection: Inspection;
}

/** Decides about an inspection, with the breaker's word where a block is to begin and with what it will take away. */
export async function judgeLook(
  look: Look,
  previous: FunctionRecord,
  inspection: Inspection,
): Promise<Decided> {
  const { ports, options, place, cause } = look;
  const now = ports.clock();
  const { settings, policyHash } = options;
  const { status, code } = effectOf(inspection, previous, settings);
  const expires = endOfJudgement(inspection, now);
  const { fingerprint, facts } = inspection;
  const judged: Omit<Judged, "seal"> = {
    at: now.toISOString(),
    fingerprint,
    policy: policyHash,
    status,
    code,
    expires,
  };
  const [seal, isBaselined, pause] = await Promise.all([
    sealOf(ports.seal, facts.arn, judged),
    isRegionBaselined(ports.items, place.region),
    readPause(ports.items, now),
  ]);
  const circumstances: Circumstances = {
    now,
    policyHash,
    settings,
    seal,
    expires,
    isQuiet: isQuiet(cause),
    isBaselined,
    isPaused: pause !== undefined,
    breaker: "unasked",
  };
  let decision = decide(previous, inspection, circumstances);
  let slot: Slot | undefined;
  if (decision.asksBreaker) {
    const { patience } = options;
    slot = await takeSlot(
      { items: ports.items, patience },
      place,
      fingerprint,
      settings.breaker.blocksPerHour,
      now,
    );
    decision = decide(previous, inspection, {
      ...circumstances,
      breaker: slot.isGranted ? "granted" : "refused",
    });
  }
  const { act, record } = decision;
  if (act.kind === "block" && record.block && record.block.state !== "held") {
    const earlier = act.isNew ? undefined : record.block.saved;
    const [saved, failureDestinations] = await Promise.all([
      saveConcurrency({ ports, keep: () => look.lease.keep() }, place, earlier),
      // A block does not wait for it, nor fail by it: the notice says then that it is not known.
      ports.functions.failureDestinations(place).catch(() => undefined),
    ]);
    decision = { ...decision, record: { ...record, block: { ...record.block, saved } } };
    if (failureDestinations) {
      return { decision, slot, inspection: { ...inspection, facts: { ...facts, failureDestinations } } };
    }
  }
  return { decision, slot, inspection };
}
