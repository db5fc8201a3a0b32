import type { Target } from "../trust/match.ts";
import type { Problem } from "../verify/problem.ts";
import type { conditionProblem } from "./condition.ts";
import { provenanceProblem } from "./provenance.ts";
import { sbomProblem } from "./sbom.ts";
import type { ContentRequirement } from "./types.ts";
import { scanProblem } from "./vulnerabilityScan.ts";

/** An attestation after its signature, its subject and its type were found right. */
export interface Attestation {
  readonly predicateType: string;
  readonly predicate: unknown;
}

export interface ContentContext {
  readonly target: Target;
  readonly now: Date;
  /** Evaluates conditions; there where the trust policy has any. */
  readonly conditionProblem: typeof conditionProblem | undefined;
  readonly conditionTime: ConditionTime;
}

/** What is left for all conditions of one verdict. Each has its own limit, and there may be any number of attestations. */
export interface ConditionTime {
  milliseconds: number;
}

/** Milliseconds for all conditions of one verdict. */
export const CONDITION_TIME = 5000;

/** Whether what an attestation says is what is asked for. */
export function contentProblem(
  { content, conditions }: ContentRequirement,
  { predicateType, predicate }: Attestation,
  { target, now, conditionProblem, conditionTime }: ContentContext,
): Problem | undefined {
  const problem = builtInProblem(content, predicateType, predicate, now);
  if (problem) return problem;
  for (const condition of conditions) {
    if (!conditionProblem) return { code: "condition-error", message: "conditions cannot be evaluated here" };
    if (conditionTime.milliseconds <= 0) {
      const message = `the conditions on this code took more than ${CONDITION_TIME} ms together`;
      return { code: "condition-too-slow", message };
    }
    const start = performance.now();
    const unmet = conditionProblem(condition, { predicateType, predicate, target: knownOf(target), now });
    conditionTime.milliseconds -= performance.now() - start;
    if (unmet) return unmet;
  }
  return undefined;
}

function builtInProblem(
  content: ContentRequirement["content"],
  predicateType: string,
  predicate: unknown,
  now: Date,
): Problem | undefined {
  switch (content?.kind) {
    case undefined:
      return undefined;
    case "provenance":
      return provenanceProblem(content, predicateType, predicate);
    case "vulnerability-scan":
      return scanProblem(content, predicate, now);
    case "sbom":
      return sbomProblem(predicate);
  }
}

function knownOf({ kind, name, region, account }: Target): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ kind, name, region, account }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
