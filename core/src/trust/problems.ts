import { FnsealError } from "../errors.ts";
import type * as z from "zod";

/** One wrong field of a document that a person wrote. */
export interface Problem {
  /** `rules[0].signedBy`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Every problem of a trust policy at once, so that it is mended in one go. Code `trust-policy-invalid`. */
export class TrustPolicyError extends FnsealError {
  readonly problems: readonly Problem[];

  constructor(where: string, problems: readonly Problem[]) {
    super("trust-policy-invalid", `${where} is not a valid trust policy:\n${describeProblems(problems)}`);
    this.problems = problems;
  }
}

/** The problems as indented lines. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path === "" ? "" : `${path}: `}${message}`).join("\n");
}

/**
 * The issues of a schema check as problems with paths. An unknown field becomes a problem of its own, with the
 * known name that it resembles.
 */
export function toProblems(error: z.ZodError, knownFields: readonly string[] = []): Problem[] {
  return error.issues.flatMap((issue) => toProblem(issue, [], knownFields));
}

function toProblem(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  known: readonly string[],
): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: formatPath([...path, key]),
      message: `unknown field${suggestion(key, known)}`,
    }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // The alternative with the fewest problems, deepest first, is the one that was meant.
    const [closest] = [...issue.errors].sort((a, b) => score(a) - score(b));
    if (closest?.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys")) {
      return closest.flatMap((inner) => toProblem(inner, path, known));
    }
    return [
      {
        path: formatPath(path),
        message: issue.message === "Invalid input" ? (closest?.[0]?.message ?? issue.message) : issue.message,
      },
    ];
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return [{ path: formatPath(path), message: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path: formatPath(path), message: issue.message }];
}

function score(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "invalid_type" && issue.path.length === 0) return sum + 100;
    if (issue.code === "unrecognized_keys") return sum + 10 * issue.keys.length;
    if (issue.code === "invalid_type" && issue.message.includes("received undefined")) return sum + 10;
    return sum + 1;
  }, 0);
}

/** `["rules", 0, "signedBy"]` as `rules[0].signedBy`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}

function suggestion(key: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(key.length / 3))
    ? ` (did you mean ${best.name}?)`
    : "";
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
