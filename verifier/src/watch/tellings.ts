import type { Change } from "../model/finding.ts";
import type { Inspection, Judgement } from "../model/inspection.ts";
import type { FunctionRecord, Outgoing } from "../model/record.ts";
import { changesCode, setsConcurrency } from "../events/weight.ts";
import {
  findingOfBreaker,
  findingOfExpiry,
  findingOfLift,
  findingOfStatus,
  findingOfTag,
  findingOfVersions,
} from "../notify/index.ts";
import type { Slot } from "./breaker.ts";
import { aboutOf, changeOf, isQuiet, type Look } from "./context.ts";
import type { Decision } from "./decide.ts";
import { dueExpiry } from "./expiry.ts";
import { effectOfOne } from "./effect.ts";
import { concurrencyCall, liftsOf } from "./lifts.ts";
import { endOfSignature } from "./sealed.ts";
import { isTagForged, REASON_TAG, STATUS_TAG } from "./tags.ts";

const TOLD_VERSIONS = 500;

/** What a round came to, before anything is done about it. */
export interface Told {
  readonly outgoing: readonly Outgoing[];
  /** The record that remembers it. */
  readonly record: FunctionRecord;
}

/** Everything that is to be told about a decision, and the record that remembers having told it. */
export function tellingsOf(
  look: Look,
  previous: FunctionRecord,
  inspection: Inspection,
  decision: Decision,
  wantedTag: string,
  slot: Slot | undefined,
): Told {
  const { facts } = inspection;
  const { settings } = look.options;
  const change = changeOf(look.cause);
  const quiet = isQuiet(look.cause);
  const outgoing: Outgoing[] = [];
  let { record } = decision;

  if (isToBeTold(previous, decision)) {
    const isMailed = isStatusMailed(look, previous, decision);
    outgoing.push({ finding: statusFinding(look, previous, inspection, decision), isMailed, isOpen: true });
    record = { ...record, isMailed: decision.effect.isPassing ? false : isMailed };
  }
  const lifts = liftsOf(previous, {
    isLifted: decision.isLifted,
    reserved: facts.reservedConcurrency,
    call: concurrencyCall(look.cause),
    now: look.ports.clock(),
  });
  if (lifts.told) {
    const { reserved, since } = lifts.told;
    const about = aboutOf(look, facts, lifts.told.change);
    const finding = findingOfLift(about, decision.effect.status, reserved, since);
    outgoing.push({ finding, isMailed: true, isOpen: true });
  }
  record = { ...record, doubtedLift: lifts.doubted };
  const isForged = isTagForged(facts.tags, previous, wantedTag);
  // Tags of an earlier installation are no forgery; a function that comes with a good verdict of its own is one.
  const isClaim = previous.judged !== undefined || !decision.effect.isPassing;
  if (isForged && isClaim && !quiet) {
    const says = [facts.tags[STATUS_TAG], facts.tags[REASON_TAG]]
      .filter((tag) => tag !== undefined)
      .join(" ");
    const about = aboutOf(look, facts, change && setsConcurrency(change.event) ? undefined : change);
    outgoing.push({
      finding: findingOfTag(about, says, wantedTag, inspection.fingerprint),
      isMailed: true,
      isOpen: true,
    });
  }
  const isTripping = slot?.isGranted === false && slot.isFirst && previous.block?.state !== "held";
  if (isTripping) {
    const about = aboutOf(look, facts, undefined);
    const finding = findingOfBreaker(about, slot.since, slot.count, settings.breaker.blocksPerHour);
    outgoing.push({ finding, isMailed: true, isOpen: false });
  }
  const versions = versionTellings(look, record, inspection);
  const due = decision.effect.isPassing
    ? dueExpiry(previous.toldExpiry, endOfSignature(inspection), look.ports.clock())
    : undefined;
  if (due) {
    const finding = findingOfExpiry(aboutOf(look, facts, undefined), decision.effect.status, due);
    outgoing.push({ finding, isMailed: !quiet && settings.actions.includes("notify"), isOpen: false });
  }
  return {
    outgoing: [...outgoing, ...versions.outgoing],
    record: { ...record, toldVersions: versions.told, toldExpiry: due ?? previous.toldExpiry },
  };
}

/** Another state, or a block that begins or is held anew; never the second try of the same. */
function isToBeTold(previous: FunctionRecord, { isNews, act, record, effect }: Decision): boolean {
  if (isNews) return true;
  if (effect.isPassing) return false;
  if (act.kind === "block") return previous.block === undefined || previous.block.state === "held";
  return record.block?.state === "held" && record.block !== previous.block;
}

function isStatusMailed(look: Look, previous: FunctionRecord, { effect, act }: Decision): boolean {
  // Whoever was told that it is bad, or finds it stopped or running again, is told; a quiet sweep's summary tells the rest.
  if (act.kind !== "none") return true;
  if (isQuiet(look.cause)) return false;
  return effect.actions.has("notify") || (effect.isPassing && previous.isMailed);
}

/** @param goal set where the same state is told anew */
export function statusFinding(
  look: Look,
  previous: FunctionRecord,
  inspection: Inspection,
  { effect, act, hindrance }: Decision,
  goal: string = act.kind,
): Outgoing["finding"] {
  const change = changeOf(look.cause);
  const isOther = previous.judged?.fingerprint !== inspection.fingerprint;
  // A tag's event may be the first that finds another's code: nobody is named for what he didn't do.
  const about = aboutOf(look, inspection.facts, isOther ? ofCode(change) : change);
  const before = previous.judged?.status;
  const since = previous.judged ? previous.since : "";
  return findingOfStatus(about, effect, inspection, before, `${goal}/${hindrance ?? ""}/${since}`);
}

function ofCode(change: Change | undefined): Change | undefined {
  return change && changesCode(change.event) ? change : undefined;
}

/** Bad published versions that nothing leads to, once for each reason. */
function versionTellings(
  look: Look,
  record: FunctionRecord,
  inspection: Inspection,
): { readonly outgoing: readonly Outgoing[]; readonly told: Readonly<Record<string, string>> } {
  const told: Record<string, string> = {};
  const groups = new Map<string, { judgements: Judgement[]; versions: string[]; isMailed: boolean }>();
  for (const judgement of inspection.judgements) {
    if (judgement.isReachable) continue;
    const effect = effectOfOne(judgement, record.verifiedDigests, look.options.settings);
    if (effect.isPassing || effect.code === undefined) continue;
    for (const version of judgement.versions) {
      const key = judgement.layer === undefined ? version : `${version} ${judgement.layer}`;
      told[key] = effect.code;
      if (record.toldVersions[key] === effect.code) continue;
      const name = `${effect.status} ${effect.code}`;
      const group = groups.get(name) ?? { judgements: [], versions: [], isMailed: false };
      groups.set(name, group);
      group.judgements.push(judgement);
      if (!group.versions.includes(version)) group.versions.push(version);
      group.isMailed ||= effect.actions.has("notify") && !isQuiet(look.cause);
    }
  }
  const change = ofCode(changeOf(look.cause));
  const outgoing = [...groups].map(([name, { judgements, versions, isMailed }]): Outgoing => {
    const [status, code] = name.split(" ");
    const about = aboutOf(look, inspection.facts, change);
    const kind = status === "rejected" ? "rejected" : "undecided";
    return {
      finding: findingOfVersions(about, judgements, versions, kind, code ?? ""),
      isMailed,
      isOpen: false,
    };
  });
  return { outgoing, told: Object.fromEntries(Object.entries(told).slice(-TOLD_VERSIONS)) };
}
