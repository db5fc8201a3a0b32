import type { BLOCK_ALSO, Code, Rule } from "@fnseal/core";
import { severityOf } from "../inspect/index.ts";
import type { Inspection, Judgement } from "../model/inspection.ts";
import type { FunctionRecord } from "../model/record.ts";
import type { Action, Settings } from "../model/settings.ts";

type Status = "verified" | "exempt" | "rejected" | "undecided";
/** Reasons that block only where a rule names them. */
type Special = (typeof BLOCK_ALSO)[number];

/** What the judgements of a function come to (see `outcomeOf`) with what was known before, and what is to be done about it. */
export interface Effect {
  readonly status: Status;
  readonly code: Code | undefined;
  readonly reason: string | undefined;
  /** What decides. */
  readonly judgement: Judgement | undefined;
  readonly isPassing: boolean;
  /** Whether a rule that is not met asks for a block, and the reason is one that it blocks for. */
  readonly isBlockworthy: boolean;
  readonly actions: ReadonlySet<Action>;
}

/**
 * The worst of what is reachable decides what is told; whether it is blocked is asked of every judgement, so that a
 * layer's mild rule does not hide the code's strict one.
 *
 * @param record what was verified before, and which versions a block took provisioned concurrency from: these are
 *   reachable again as soon as it is given back
 */
export function effectOf(
  inspection: Inspection,
  record: FunctionRecord | undefined,
  settings: Pick<Settings, "actions" | "blockAlso">,
): Effect {
  const saved = record?.block && record.block.state !== "held" ? record.block.saved.provisioned : [];
  const paused = new Set(saved.map(({ qualifier }) => qualifier));
  const effects = inspection.judgements
    .filter(({ isReachable, versions }) => isReachable || versions.some((version) => paused.has(version)))
    .map((judgement) => effectOfOne(judgement, record?.verifiedDigests ?? [], settings))
    .sort(
      (a, b) =>
        severityOf(a.status) - severityOf(b.status) || Number(b.isBlockworthy) - Number(a.isBlockworthy),
    );
  const [worst] = effects;
  if (!worst) {
    return {
      status: "undecided",
      code: "could-not-verify",
      reason: "nothing of it was judged",
      judgement: undefined,
      isPassing: false,
      isBlockworthy: false,
      actions: new Set(settings.actions),
    };
  }
  return {
    ...worst,
    isBlockworthy: effects.some(({ isBlockworthy }) => isBlockworthy),
    actions: new Set(
      effects.filter(({ isPassing }) => !isPassing || worst.isPassing).flatMap((e) => [...e.actions]),
    ),
  };
}

/** The same of one judgement, reachable or not. */
export function effectOfOne(
  judgement: Judgement,
  verifiedDigests: readonly string[],
  settings: Pick<Settings, "actions" | "blockAlso">,
): Effect {
  const { verdict } = judgement;
  if (verdict.status === "verified" || verdict.status === "exempt") {
    return {
      status: verdict.status,
      code: undefined,
      reason: undefined,
      judgement,
      isPassing: true,
      isBlockworthy: false,
      actions: new Set(settings.actions),
    };
  }
  const isGone =
    (verdict.code === "bundle-not-found" || verdict.code === "bundle-other-artifact") &&
    digestsOf(judgement).some((digest) => verifiedDigests.includes(digest));
  const code = isGone ? "bundle-gone" : verdict.code;
  const special = specialOf(verdict.status, code);
  const actions =
    verdict.unmet.length > 0 ? verdict.unmet.flatMap((rule) => actionsOf(rule, settings)) : settings.actions;
  return {
    status: verdict.status,
    code,
    reason: isGone ? `its bundle is gone; it was verified before (${verdict.reason})` : verdict.reason,
    judgement,
    isPassing: false,
    isBlockworthy:
      verdict.unmet.length > 0
        ? verdict.unmet.some((rule) => asksForBlock(rule, special, settings))
        : settings.actions.includes("block") && special !== undefined && isAlso(special, undefined, settings),
    actions: new Set(actions),
  };
}

/** The digests of what was judged, as they are remembered. */
export function digestsOf({ verdict }: Judgement): string[] {
  return Object.entries(verdict.digests).map(([algorithm, value]) => `${algorithm}:${value}`);
}

function specialOf(status: "rejected" | "undecided", code: Code): Special | undefined {
  if (status === "undecided") return "undecided";
  return code === "expired" || code === "bundle-gone" || code === "no-rule-matches" ? code : undefined;
}

function actionsOf(rule: Rule, settings: Pick<Settings, "actions">): readonly Action[] {
  return rule.runtime?.actions ?? settings.actions;
}

function asksForBlock(
  rule: Rule,
  special: Special | undefined,
  settings: Pick<Settings, "actions" | "blockAlso">,
): boolean {
  if (!actionsOf(rule, settings).includes("block")) return false;
  return special === undefined || isAlso(special, rule, settings);
}

function isAlso(special: Special, rule: Rule | undefined, settings: Pick<Settings, "blockAlso">): boolean {
  const named = rule?.runtime?.blockAlso;
  // A rule that has a `runtime` of its own says it all; the settings are for rules that say nothing.
  return named ? named.has(special) : (settings.blockAlso ?? []).includes(special);
}
