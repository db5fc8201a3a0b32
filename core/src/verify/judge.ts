import { CONDITION_TIME } from "../attestations/check.ts";
import type { ReadBytes } from "../bundle/index.ts";
import type { Code } from "../codes/index.ts";
import type { Artifact } from "../digest/types.ts";
import type { FnsealError } from "../errors.ts";
import type { Found } from "../store/types.ts";
import { lazy } from "../lazy.ts";
import type { Configuration, ReadLayer, VerifyMac } from "../configuration/types.ts";
import { isInScope, type Target } from "../trust/match.ts";
import type { Exception, TrustPolicy } from "../trust/types.ts";
import { openBundle, type OpenContext, type OpenedBundle } from "./openBundle.ts";
import { checkRule, type RuleResult } from "./ruleCheck.ts";
import { checkSeals, hasSeal, NO_SEALS } from "./sealRules.ts";
import { matchableDigests } from "./subject.ts";
import type { BundleFinding, Notice, Verdict } from "./verdict.ts";

/** What is to be judged. */
export interface Case {
  readonly target: Target;
  /** The code, or why it could not be read. */
  readonly artifact: Artifact | FnsealError;
  /** The bundles that may be about it, and where they were looked for. */
  readonly found: Found;
  /** The file's bytes, where the artifact is a file: message signatures are over them. */
  readonly readFile?: ReadBytes | undefined;
  /** What the function runs with; sealed configuration is undecided without it. */
  readonly configuration?: Configuration | undefined;
  /** Says what the function's layers hold; layers that are sealed by it are undecided without. */
  readonly readLayer?: ReadLayer | undefined;
}

/** Judges code by one trust policy at one moment. Keep one for a run: it remembers who signed which bundle. */
export interface Judge {
  /** Never throws for bad evidence: what is wrong with it is the verdict. */
  judge(input: Case): Promise<Verdict>;
  /**
   * Verifies signatures before anyone asks who signed: judging by the same bundles is then quicker, and comes to the same.
   * Never throws for bad evidence.
   */
  prepare(input: Pick<Case, "artifact" | "found" | "readFile">): Promise<void>;
}

// Its evaluator takes longer to load than most runs take.
const loadConditions = lazy(() => import("../attestations/condition.ts"));

export interface JudgeOptions {
  /** Asks KMS about sealed values; without it they are undecided. */
  readonly verifyMac?: VerifyMac | undefined;
}

interface Failure {
  readonly status: "rejected" | "undecided";
  readonly code: Code;
  readonly reason: string;
}

/**
 * @param clock the present moment; asked once for each verdict
 */
export function createJudge(
  policy: TrustPolicy,
  clock: () => Date = () => new Date(),
  { verifyMac }: JudgeOptions = {},
): Judge {
  const signers: OpenContext["signers"] = new Map();
  return {
    judge: (input) => judge(input, { policy, now: clock(), signers, verifyMac }),
    prepare: async ({ artifact, found, readFile }) => {
      if ("digests" in artifact) await openAll(found, { policy, artifact, readFile, signers });
    },
  };
}

interface Judging {
  readonly policy: TrustPolicy;
  readonly now: Date;
  readonly signers: OpenContext["signers"];
  readonly verifyMac: VerifyMac | undefined;
}

async function judge(input: Case, { policy, now, signers, verifyMac }: Judging): Promise<Verdict> {
  const { target, artifact, found, readFile, configuration, readLayer } = input;
  const digests = "digests" in artifact ? artifact.digests : {};
  const common = { target, digests, searched: found.searched };
  const scoped = policy.rules.map((rule) => ({ rule, applies: isInScope(rule.scope, target) }));
  const applicable = scoped.filter(({ applies }) => applies !== false);
  if ("digests" in artifact) {
    const revoked = revokedDigest(artifact, policy);
    if (revoked !== undefined) {
      const reason = `this code is revoked: ${revoked}`;
      const unmet = applicable.map(({ rule }) => rule);
      return {
        ...common,
        bundles: [],
        notices: [],
        status: "rejected",
        code: "digest-revoked",
        reason,
        unmet,
      };
    }
  }
  let results: RuleResult[] = [];
  if ("digests" in artifact && applicable.length > 0) {
    const hasConditions = applicable.some(({ rule }) => (rule.attestation?.conditions.length ?? 0) > 0);
    const conditionProblem = hasConditions ? (await loadConditions()).conditionProblem : undefined;
    const conditionTime = { milliseconds: CONDITION_TIME };
    const context = { policy, target, artifact, readFile, now, signers, conditionProblem, conditionTime };
    const opened = await openAll(found, context);
    const seals = hasSeal(opened)
      ? await checkSeals(opened, { target, configuration, policy, verifyMac, readLayer })
      : NO_SEALS;
    results = applicable.map(({ rule }) => checkRule(opened, rule, { ...context, seals }));
  }
  const bundles = uniqueFindings(results);
  const failure =
    artifactFailure(artifact, results) ??
    ruleFailure(results, applicable) ??
    scopeFailure(applicable, policy.noRuleMatches);
  if (!failure) {
    const unmatched: Notice[] =
      applicable.length === 0
        ? [{ code: "no-rule-required", message: "no rule of the trust policy matches" }]
        : [];
    const notices = results.flatMap((result) => (result.status === "met" ? result.notices : []));
    const status = applicable.length === 0 ? "exempt" : "verified";
    const passed = { ...common, bundles, notices: [...unmatched, ...notices] };
    if (status === "exempt") return { ...passed, status };
    // Attestations are rules apart, which bind no configuration.
    const approvals = results.filter(({ rule }) => !rule.attestation);
    const isSealed =
      approvals.length > 0 && approvals.every((result) => result.status === "met" && result.sealsValues);
    return { ...passed, status, ...(isSealed && { sealsValues: true }) };
  }
  const exceptions = policy.exceptions.filter(({ scope }) => isInScope(scope, target) === true);
  const exception = exceptions.find(({ until }) => now < until);
  if (exception) {
    const message = `let pass until ${exception.until.toISOString()} (${exception.reason}), though ${failure.reason}`;
    return { ...common, bundles, notices: [{ code: "exempt", message }], status: "exempt" };
  }
  const notMet = results.filter(({ status }) => status !== "met");
  return {
    ...common,
    bundles,
    notices: [],
    ...failure,
    reason: `${failure.reason}${endedException(exceptions)}`,
    // Where the artifact itself is refused, no rule about it is met.
    unmet: (notMet.length > 0 ? notMet : applicable).map(({ rule }) => rule),
  };
}

async function openAll({ candidates }: Found, context: OpenContext): Promise<OpenedBundle[]> {
  const opened: OpenedBundle[] = [];
  for (const candidate of candidates) {
    const bundle = openBundle(candidate, context);
    // Awaiting what is there already would cost as much as reading it; files are read one after another.
    opened.push(bundle instanceof Promise ? await bundle : bundle);
  }
  return opened;
}

function revokedDigest(artifact: Artifact, policy: TrustPolicy): string | undefined {
  const { sha256, dirHash } = artifact.digests;
  const files = [sha256, artifact.rawSha256, artifact.indexSha256];
  const revocation = policy.revocations.find(
    (entry) =>
      entry.kind === "digest" &&
      ((entry.sha256 !== undefined && files.includes(entry.sha256)) ||
        (entry.dirHash !== undefined && entry.dirHash === dirHash)),
  );
  return revocation?.reason;
}

/** Code that cannot be read, or whose shape is refused and whose exact bytes nobody signed. */
function artifactFailure(
  artifact: Artifact | FnsealError,
  results: readonly RuleResult[],
): Failure | undefined {
  if (!("digests" in artifact)) {
    const status = artifact.outcome === "rejected" ? "rejected" : "undecided";
    return { status, code: artifact.code, reason: artifact.message };
  }
  const [refusal] = artifact.refusals;
  if (!refusal) return undefined;
  if (matchableDigests(artifact).sha256 !== undefined && results.every(({ status }) => status === "met"))
    return undefined;
  const more = artifact.refusals.length > 1 ? ` (and ${artifact.refusals.length - 1} more problems)` : "";
  return { status: "rejected", code: refusal.code, reason: `${refusal.message}${more}` };
}

interface Scoped {
  readonly applies: boolean | undefined;
}

/** The first rule that is not met; one that is surely about the target before one that may be. */
function ruleFailure(results: readonly RuleResult[], applicable: readonly Scoped[]): Failure | undefined {
  let unsure: Failure | undefined;
  let undecided: Failure | undefined;
  for (const [index, result] of results.entries()) {
    if (result.status === "met") continue;
    if (applicable[index]?.applies === undefined) {
      unsure ??= unknownTarget(
        `whether ${result.rule.name} applies depends on what is not known, and it is not met (${result.reason})`,
      );
    } else if (result.status === "rejected") {
      return { status: "rejected", code: result.code, reason: result.reason };
    } else {
      undecided ??= { status: "undecided", code: result.code, reason: result.reason };
    }
  }
  return undecided ?? unsure;
}

function scopeFailure(applicable: readonly Scoped[], noRuleMatches: "reject" | "allow"): Failure | undefined {
  if (applicable.some(({ applies }) => applies === true) || noRuleMatches === "allow") return undefined;
  if (applicable.length === 0) {
    return { status: "rejected", code: "no-rule-matches", reason: "no rule of the trust policy matches" };
  }
  return unknownTarget("whether any rule applies depends on what is not known");
}

function unknownTarget(reason: string): Failure {
  return { status: "undecided", code: "function-unknown", reason };
}

function endedException(exceptions: readonly Exception[]): string {
  const [latest] = [...exceptions].sort((a, b) => b.until.getTime() - a.until.getTime());
  return latest ? ` (the exception for it ended ${latest.until.toISOString()}: ${latest.reason})` : "";
}

function uniqueFindings(results: readonly RuleResult[]): BundleFinding[] {
  if (results.length === 1) return [...(results[0]?.findings ?? [])];
  const seen = new Map<string, BundleFinding>();
  for (const finding of results.flatMap(({ findings }) => findings)) {
    seen.set(`${finding.where}\n${finding.code}`, finding);
  }
  return [...seen.values()];
}
