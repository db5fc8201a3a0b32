import { AwsFailure } from "../awsFailure.ts";
import type { Done } from "../model/finding.ts";
import type { Inspection } from "../model/inspection.ts";
import type { FunctionRecord, Outgoing } from "../model/record.ts";
import { findingOfFailure } from "../notify/index.ts";
import { type Acted, perform, writeTags } from "./act.ts";
import { aboutOf, type Look } from "./context.ts";
import type { Decision } from "./decide.ts";
import { judgeLook, savedOf } from "./judge.ts";
import { closeOutbox, flush, withOutgoing } from "./outbox.ts";
import { correctOverrun } from "./overrun.ts";
import { TryAgain } from "./retry.ts";
import { isTagged, needsTag, wantedTag } from "./tags.ts";
import { statusFinding, tellingsOf } from "./tellings.ts";

/**
 * One round: what was found is decided about, written, done and told, in this order. What is to be done is in the
 * state table before it is done, and what is to be told before it is told, so that the next look finishes what this
 * one began, wherever it dies.
 *
 * @param readAt when AWS was asked
 * @returns whether concurrency was changed, so that the function has to be looked at again
 * @throws AwsFailure, TryAgain where it has to be tried again
 */
export async function finishRound(
  look: Look,
  previous: FunctionRecord,
  found: Inspection,
  readAt: Date,
): Promise<boolean> {
  const { ports, place, cell, lease, cause } = look;
  const { decision, slot, inspection } = await judgeLook(look, previous, found);
  const { effect, act } = decision;
  ports.metrics.count("Verdicts", place.region, effect.status);
  if (slot?.isGranted === false && slot.isFirst && previous.block?.state !== "held") {
    ports.metrics.count("BreakerTripped", place.region);
  }
  const willBeBlocked = act.kind === "block" || decision.record.block?.state === "blocked";
  const tag = wantedTag(effect, willBeBlocked);
  const { tags } = inspection.facts;
  const isTagging = needsTag(tags, previous, tag, effect.actions);
  const told = tellingsOf(look, previous, inspection, decision, tag, slot);
  const seen = { readAt: readAt.toISOString(), sweep: cause.kind === "sweep" ? cause.id : previous.sweep };
  const remembered = withOutgoing(told.record, told.outgoing, ports.log);
  const isIdle = act.kind === "none" && !isTagging;
  // They are there, whoever died before it could be remembered.
  const confirmed = isTagged(tags, tag) ? { tag, tagging: undefined } : {};

  await lease.keep();
  if (isIdle) {
    const done = idleDone(decision, false, tag);
    await cell.commit({ ...remembered, ...confirmed, ...seen, outbox: closeOutbox(remembered.outbox, done) });
    await flushAll(look);
    return false;
  }
  const begun = await cell.commit({ ...remembered, ...confirmed, ...(isTagging ? { tagging: tag } : {}) });
  const touched = { isAny: false };
  const hands = {
    ports,
    keep: async () => {
      await lease.keep();
      touched.isAny = true;
    },
  };
  let failure: AwsFailure | undefined;
  try {
    const acted = await perform(hands, place, act, begun.block);
    // A function that could not be stopped is not tagged as blocked.
    const trueTag = acted?.failure && act.kind === "block" ? wantedTag(effect, false) : tag;
    const written = isTagging ? await writeTags(hands, inspection.facts.arn, trueTag) : undefined;
    const ended = endRound(look, previous, inspection, decision, begun, acted);
    const done: Done[] = acted ? [acted.done] : idleDone(decision, written?.isWritten === true, trueTag);
    failure = acted?.failure ?? written?.failure;
    await cell.commit({
      ...ended,
      // What AWS refused stays owed: the next look, at the latest the next sweep, tries it again.
      ...(written?.isWritten === true ? { tag: trueTag, tagging: undefined } : {}),
      ...(failure ? {} : seen),
      outbox: closeOutbox(ended.outbox, done),
    });
  } catch (thrown) {
    if (thrown instanceof TryAgain && touched.isAny) await correctOverrun(cell, act, begun.block);
    throw thrown;
  }
  await flushAll(look);
  if (failure) throw failure;
  return act.kind !== "none";
}

async function flushAll({ ports, place, cell, told }: Look): Promise<void> {
  told.push(...(await flush(ports, place, cell)));
}

/** The record once it was acted, with what has to be told about how that went. */
function endRound(
  look: Look,
  previous: FunctionRecord,
  inspection: Inspection,
  decision: Decision,
  begun: FunctionRecord,
  acted: Acted | undefined,
): FunctionRecord {
  if (!acted) return begun;
  const { block, failure } = acted;
  const more: Outgoing[] = [];
  const before = begun.block && begun.block.state !== "held" ? begun.block : undefined;
  let next = block;
  if (failure && before) {
    const code = decision.act.kind === "block" ? "block-failed" : "restore-failed";
    const about = aboutOf(look, inspection.facts, undefined);
    if (!before.isFailureTold) {
      const finding = findingOfFailure(
        about,
        code,
        decision.effect.status,
        inspection,
        failure.message,
        previous.since,
      );
      more.push({ finding, isMailed: true, isOpen: true });
    }
    next = { ...before, isFailureTold: true };
  } else if (before?.isFailureTold === true) {
    const finding = statusFinding(look, previous, inspection, decision, `${decision.act.kind} at last`);
    more.push({ finding, isMailed: true, isOpen: true });
  }
  return withOutgoing({ ...begun, block: next }, more, look.ports.log);
}

/** Why nothing was done about concurrency. */
function idleDone({ hindrance, isUnsupported, effect }: Decision, isTagged: boolean, tag: string): Done[] {
  const tagged: Done[] = isTagged ? [{ action: "tagged", detail: `tagged "${tag}"` }] : [];
  if (isUnsupported) {
    const detail = "not stopped: reserved concurrency cannot stop it";
    return [{ action: "block-unsupported", detail }, ...tagged];
  }
  if (hindrance !== undefined) {
    const why = {
      breaker: "the breaker holds blocks",
      pause: "blocking is paused",
      release: "an operator released it",
    };
    return [{ action: "block-held", detail: `not stopped: ${why[hindrance]}` }, ...tagged];
  }
  if (tagged.length > 0) return tagged;
  return effect.isPassing ? [] : [{ action: "none", detail: "nothing was done; it may run" }];
}

/** Whether the function is still what was judged, as far as can be seen without reading its code. */
export async function isStill(look: Look, inspection: Inspection): Promise<boolean> {
  const { ports, place, inspector, cell } = look;
  const facts = await ports.functions.get(place);
  if (!facts) return false;
  try {
    return (await inspector.fingerprint(facts, { saved: savedOf(cell.record) })) === inspection.fingerprint;
  } catch (thrown) {
    if (thrown instanceof AwsFailure && thrown.kind === "gone") return false;
    throw thrown;
  }
}
