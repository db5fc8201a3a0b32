import type { Notice } from "@fnseal/core";
import type { Inspection } from "../model/inspection.ts";
import type { FunctionRecord, Judged } from "../model/record.ts";
import type { Seal } from "../ports.ts";
import { dueExpiry } from "./expiry.ts";
import { isTagForged } from "./tags.ts";

const DAY = 86_400_000;

/** The seal of a judgement: over everything that a sweep believes of it, and the function that it is about. */
export function sealOf(seal: Seal, arn: string, judged: Omit<Judged, "seal">): Promise<string> {
  const { fingerprint, policy, status, at, code, expires } = judged;
  return seal.mac(
    JSON.stringify(["judged", arn, fingerprint, policy, status, at, code ?? null, expires ?? null]),
  );
}

/** When the first of the signatures that what is reachable rests on ends, where that is near or past. */
export function endOfSignature({ judgements }: Pick<Inspection, "judgements">): string | undefined {
  const ends = noticesOf(judgements).flatMap(({ expires }) => (expires ? [expires.getTime()] : []));
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString();
}

/** When a judgement ends by itself. One that rests on an exception ends at once: nothing says until when that is. */
export function endOfJudgement(inspection: Pick<Inspection, "judgements">, now: Date): string | undefined {
  const isExempt = noticesOf(inspection.judgements).some(({ code }) => code === "exempt");
  return isExempt ? now.toISOString() : endOfSignature(inspection);
}

function noticesOf(judgements: Inspection["judgements"]): readonly Notice[] {
  return judgements.filter(({ isReachable }) => isReachable).flatMap(({ verdict }) => verdict.notices);
}

export interface SkipContext {
  readonly now: Date;
  readonly arn: string;
  readonly policyHash: string;
  readonly trustSealedForDays: number;
  readonly seal: Seal;
  readonly facts: Inspection["facts"];
  /** As it is now. */
  readonly fingerprint: () => Promise<string>;
}

/**
 * Whether a sweep may believe the last judgement instead of downloading the code: it passed, the verifier's own key
 * sealed it, nothing that runs has changed, and nothing waits to be done. What does not pass is judged anew by each
 * sweep: its bundle may have come meanwhile.
 */
export async function canSkip(record: FunctionRecord | undefined, context: SkipContext): Promise<boolean> {
  const { judged } = record ?? {};
  if (!record || !judged) return false;
  const { now, policyHash, facts } = context;
  const age = now.getTime() - new Date(judged.at).getTime();
  const isCurrent =
    (judged.status === "verified" || judged.status === "exempt") &&
    judged.policy === policyHash &&
    age >= 0 &&
    age < context.trustSealedForDays * DAY &&
    (judged.expires === undefined || new Date(judged.expires) > now);
  const isSettled =
    record.block === undefined &&
    record.outbox.length === 0 &&
    record.tagging === undefined &&
    !record.isGone &&
    record.isInScope;
  if (!isCurrent || !isSettled) return false;
  if (dueExpiry(record.toldExpiry, judged.expires, now) || isTagForged(facts.tags, record, undefined))
    return false;
  if ((await sealOf(context.seal, context.arn, judged)) !== judged.seal) return false;
  return (await context.fingerprint()) === judged.fingerprint;
}
