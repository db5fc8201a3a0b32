import type { Result, Violation } from "../../support/engine.ts";

/**
 * What the policy pack reported, one line each: `resource rule [code]`, and for what stops nothing
 * `resource rule [code] (notice)`. Sorted, for the engine analyses resources at once.
 */
export function reportsOf({ violations }: Pick<Result, "violations">): string[] {
  return violations.map(lineOf).sort();
}

function lineOf(violation: Violation): string {
  const subject = violation.resource === "" ? "the stack" : violation.resource;
  return `${subject} ${violation.policy} [${codeOf(violation)}]${violation.level === "mandatory" ? "" : " (notice)"}`;
}

/** The first code in the message; what has none shows its whole text, which no test expects. */
function codeOf({ message }: Violation): string {
  return /\[([a-z0-9-]+)\]/.exec(message)?.[1] ?? message;
}

/** What {@link reportsOf} says of one resource. */
export function reportsAbout(result: Pick<Result, "violations">, resource: string): string[] {
  return reportsOf(result).filter((line) => line.startsWith(`${resource} `));
}

/** Whether the rule looked at the resource and had nothing to say: silence alone could be a rule that never ran. */
export function passed({ judgements }: Pick<Result, "judgements">, resource: string, rule: string): boolean {
  const own = judgements.filter(({ policy, urn }) => policy === rule && urn.endsWith(`::${resource}`));
  return own.length > 0 && own.every(({ outcome }) => outcome === "passed");
}

/** What was said about one resource, without the rules' descriptions. */
export function messageAbout({ violations }: Pick<Result, "violations">, resource: string): string {
  return violations
    .filter((violation) => violation.resource === resource)
    .map(({ message }) => message.slice(message.indexOf("[")))
    .join("\n");
}

/** Whether the output shows where in a program something was thrown: nothing that a user should ever see. */
export function hasStackTrace({ stdout, stderr }: Pick<Result, "stdout" | "stderr">): boolean {
  return /^\s+at .+:\d+:\d+\)?$/m.test(stdout + stderr);
}
