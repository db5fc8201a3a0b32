import type { Inspection } from "../model/inspection.ts";
import type { Block, FunctionRecord } from "../model/record.ts";
import type { Settings } from "../model/settings.ts";
import { digestsOf, type Effect, effectOf } from "./effect.ts";

type Hindrance = "breaker" | "pause" | "release";

/** What is so outside the function. */
export interface Circumstances {
  readonly now: Date;
  readonly policyHash: string;
  readonly settings: Pick<Settings, "actions" | "blockAlso">;
  /** Of this judgement, under the verifier's key. */
  readonly seal: string;
  readonly expires: string | undefined;
  /** The first sweep of a region or of a trust policy looks: what is there is the baseline. */
  readonly isQuiet: boolean;
  /** Whether a first sweep of the region has finished: nothing is blocked before. */
  readonly isBaselined: boolean;
  readonly isPaused: boolean;
  /** Whether the breaker let this block through: `unasked` until a decision says that it has to be asked. */
  readonly breaker: "unasked" | "granted" | "refused";
}

/** What is to be done about concurrency. */
export type Act =
  | { readonly kind: "none" }
  /** Take what is there away, and remember it. */
  | { readonly kind: "block"; readonly isNew: boolean }
  /** @property then how it stands once all was given back */
  | { readonly kind: "restore"; readonly then: Block | undefined };

/** What a judgement leads to. */
export interface Decision {
  readonly effect: Effect;
  /** As it is to be written before anything is done; a new block lacks what was saved: see `act`. */
  readonly record: FunctionRecord;
  readonly act: Act;
  /** The breaker has to be asked, and `decide` again with its answer. */
  readonly asksBreaker: boolean;
  /** Blocked before, and somebody else changed the concurrency. */
  readonly isLifted: boolean;
  /** Wanted, and what stands against it. */
  readonly hindrance: Hindrance | undefined;
  /** Wanted, and reserved concurrency cannot do it. */
  readonly isUnsupported: boolean;
  /** Whether the state that people care about is another one than before. */
  readonly isNews: boolean;
}

const REMEMBERED_DIGESTS = 20;

/**
 * Decides what a judgement leads to: a function of what is remembered, what was found and the circumstances, and of
 * nothing else.
 */
export function decide(
  previous: FunctionRecord,
  inspection: Inspection,
  circumstances: Circumstances,
): Decision {
  const { now, policyHash, seal, expires, settings } = circumstances;
  const effect = effectOf(inspection, previous, settings);
  const { reservedConcurrency, blockUnsupported } = inspection.facts;
  const release = isRunning(previous.release, now) ? previous.release : undefined;
  const isLifted = previous.block?.state === "blocked" && reservedConcurrency !== 0;
  const hasChanged = hasChangedSince(previous, inspection, effect, circumstances);
  const wanted = isWanted(previous.block, effect, hasChanged);
  const hindrance = release ? "release" : circumstances.isPaused ? "pause" : undefined;
  const isUnsupported = wanted && blockUnsupported !== undefined;
  const next = nextBlock(
    { previous: previous.block, effect, wanted, hindrance, isLifted, isUnsupported },
    circumstances,
  );

  const status = effect.status;
  const isNews = previous.judged
    ? previous.judged.status !== status || (!effect.isPassing && previous.judged.code !== effect.code)
    : !effect.isPassing;
  const hasNewStatus = previous.judged?.status !== status;
  return {
    effect,
    act: next.act,
    asksBreaker: next.asksBreaker,
    isLifted,
    hindrance: next.hindrance,
    isUnsupported,
    isNews,
    record: {
      ...previous,
      judged: {
        at: now.toISOString(),
        fingerprint: inspection.fingerprint,
        policy: policyHash,
        status,
        code: effect.code,
        expires,
        seal,
      },
      reason: effect.reason?.slice(0, 1000),
      since: hasNewStatus ? now.toISOString() : previous.since,
      block: next.block,
      release,
      verifiedDigests: rememberDigests(previous.verifiedDigests, inspection),
      hasChanged,
      isGone: false,
      isInScope: true,
    },
  };
}

export function isRunning(entry: { readonly until: string } | undefined, now: Date): boolean {
  return entry !== undefined && now.getTime() < new Date(entry.until).getTime();
}

/** See `FunctionRecord.hasChanged`. */
function hasChangedSince(
  previous: FunctionRecord,
  { fingerprint }: Inspection,
  { isPassing }: Effect,
  { isQuiet, isBaselined, policyHash }: Circumstances,
): boolean {
  if (isPassing) return false;
  // What was wanted before a new trust policy or a new sweep stays wanted.
  if (previous.block && previous.block.state !== "restoring" && previous.hasChanged) return true;
  if (isQuiet || !isBaselined) return false;
  // One that came into the scope by its tags is taken as it is; one that was created since is a change.
  if (!previous.judged) return previous.isInScope;
  if (previous.judged.fingerprint !== fingerprint) return true;
  return previous.hasChanged && previous.judged.policy === policyHash;
}

function isWanted(previous: Block | undefined, effect: Effect, hasChanged: boolean): boolean {
  if (effect.isPassing) return false;
  switch (previous?.state) {
    case "blocked":
    case "blocking":
      // Begun for something that did not pass: what does not pass either does not end it.
      return true;
    case "held":
      return effect.isBlockworthy;
    case "restoring":
    case undefined:
      return effect.isBlockworthy && hasChanged;
  }
}

interface Situation {
  readonly previous: Block | undefined;
  readonly effect: Effect;
  readonly wanted: boolean;
  readonly hindrance: Hindrance | undefined;
  readonly isLifted: boolean;
  readonly isUnsupported: boolean;
}

interface Next {
  readonly block: Block | undefined;
  readonly act: Act;
  readonly asksBreaker: boolean;
  readonly hindrance: Hindrance | undefined;
}

const NONE: Act = { kind: "none" };

function nextBlock(situation: Situation, circumstances: Circumstances): Next {
  const { previous, wanted, hindrance, isLifted, isUnsupported } = situation;
  const since = circumstances.now.toISOString();
  const held = (why: Hindrance): Block =>
    previous?.state === "held" && previous.why === why ? previous : { state: "held", since, why };
  const restore = (then: Block | undefined): Next => {
    if (!previous || previous.state === "held") {
      return { block: then, act: NONE, asksBreaker: false, hindrance: then && hindrance };
    }
    const block: Block =
      previous.state === "restoring"
        ? previous
        : { ...previous, state: "restoring", since, isFailureTold: false };
    return { block, act: { kind: "restore", then }, asksBreaker: false, hindrance: then && hindrance };
  };

  if (!wanted || isUnsupported) return restore(undefined);
  const isBegun = previous?.state === "blocking" || previous?.state === "blocked";
  if (hindrance === "release") return restore(held("release"));
  if (previous?.state === "blocked" && !isLifted)
    return { block: previous, act: NONE, asksBreaker: false, hindrance: undefined };
  if (hindrance) return restore(held(hindrance));
  // A block that was lifted returns without asking the breaker: whoever lifts blocks could trip it.
  if (isBegun) {
    const block: Block = { ...previous, state: "blocking", since };
    return { block, act: { kind: "block", isNew: false }, asksBreaker: false, hindrance: undefined };
  }
  if (circumstances.isQuiet || !circumstances.isBaselined) {
    return previous?.state === "held"
      ? { block: previous, act: NONE, asksBreaker: false, hindrance: previous.why }
      : restore(undefined);
  }
  if (circumstances.breaker === "refused") {
    const next = restore(held("breaker"));
    return { ...next, hindrance: "breaker" };
  }
  const saved =
    previous?.state === "restoring" ? previous.saved : { reservedConcurrency: undefined, provisioned: [] };
  return {
    block: { state: "blocking", since, saved, isFailureTold: false },
    act: { kind: "block", isNew: previous?.state !== "restoring" },
    asksBreaker: circumstances.breaker === "unasked",
    hindrance: undefined,
  };
}

/** Only what passed by its own signature: what is exempt proves nothing about its bundle. */
function rememberDigests(known: readonly string[], { judgements }: Inspection): readonly string[] {
  const verified = judgements.filter(({ verdict }) => verdict.status === "verified").flatMap(digestsOf);
  return [...new Set([...verified, ...known])].slice(0, REMEMBERED_DIGESTS);
}
