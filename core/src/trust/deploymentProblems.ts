import type { Problem } from "./problems.ts";

interface RuleFields {
  readonly files?: readonly string[] | undefined;
  readonly programs?: readonly string[] | undefined;
  readonly allowedExclusions?: readonly string[] | undefined;
  readonly regions?: unknown;
  readonly accounts?: unknown;
  readonly tags?: unknown;
}

/** Fields that do not go together: what a rule asks for in vain should not look as if it were asked for. */
export function deploymentProblems(rule: RuleFields, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const names of ["files", "programs"] as const) {
    if (rule[names] === undefined) continue;
    for (const field of ["regions", "accounts", "tags"] as const) {
      if (rule[field] !== undefined) {
        problems.push({ path: `${path}.${field}`, message: `does not go with ${names}, which have none` });
      }
    }
  }
  if (rule.allowedExclusions !== undefined && rule.programs === undefined) {
    problems.push({ path: `${path}.allowedExclusions`, message: "goes with programs" });
  }
  return problems;
}
