import { contentProblem } from "./check.ts";
import { PREDICATE_TYPES } from "./predicateTypes.ts";
import type { ContentRequirement } from "./types.ts";

/**
 * What stands in the way of reading a predicate, whatever a rule may ask of it.
 *
 * @returns `undefined` where it can be read, or its type is none that is read
 */
export function describeContent(predicateType: string, predicate: unknown, now: Date): string | undefined {
  const content = leastOf(predicateType);
  if (!content) return undefined;
  const context = {
    target: { kind: "function", name: undefined },
    now,
    conditionProblem: undefined,
    conditionTime: { milliseconds: 0 },
  } as const;
  return contentProblem({ content, conditions: [] }, { predicateType, predicate }, context)?.message;
}

/** The least that a rule can ask of a type. */
function leastOf(predicateType: string): ContentRequirement["content"] {
  const is = (types: readonly string[]): boolean => types.includes(predicateType);
  if (is(PREDICATE_TYPES.provenance)) {
    return {
      kind: "provenance",
      builder: undefined,
      sourceRepository: undefined,
      sourceRef: undefined,
      workflow: undefined,
    };
  }
  if (is(PREDICATE_TYPES.vulnerabilityScan)) {
    return {
      kind: "vulnerability-scan",
      highestSeverity: "critical",
      unknownSeverity: "allow",
      maximumAge: undefined,
      ignore: new Map(),
    };
  }
  return is(PREDICATE_TYPES.sbom) ? { kind: "sbom" } : undefined;
}
