import { duration, endOf, namePattern } from "@fnseal/core";
import { usageError } from "./errors.ts";

/** What a signature approves the code for. */
export interface Approval {
  readonly functions: readonly string[];
  readonly layers: readonly string[];
}

/** As many patterns as a statement may hold. */
export const MOST_PATTERNS = 100;

/**
 * With neither option the signature is for every function and every layer; with one of them for no more than it
 * names.
 *
 * @throws FnsealError `usage-invalid`
 */
export function toApproval(
  functions: readonly string[] | undefined,
  layers: readonly string[] | undefined,
): Approval {
  if (functions === undefined && layers === undefined) return { functions: ["*"], layers: ["*"] };
  assertPatterns(functions ?? [], "--function");
  assertPatterns(layers ?? [], "--layer");
  return { functions: functions ?? [], layers: layers ?? [] };
}

/** @throws FnsealError `usage-invalid` */
export function assertPatterns(
  patterns: readonly string[],
  option: string,
  schema: ReturnType<typeof namePattern> = namePattern(),
): void {
  if (patterns.length > MOST_PATTERNS) {
    throw usageError(
      `${option} is given ${patterns.length} times; ${MOST_PATTERNS} fit, and * and ? stand for many`,
    );
  }
  for (const pattern of patterns) {
    const problem = schema.safeParse(pattern).error?.issues[0]?.message;
    if (problem !== undefined) throw usageError(`${option} ${JSON.stringify(pattern)}: ${problem}`);
  }
}

/**
 * A duration from now (`90d`) or a date, which means the end of that day in UTC.
 *
 * @throws FnsealError `usage-invalid` where it is neither, or not in the future
 */
export function toExpiry(text: string, now: Date): Date {
  const length = duration().safeParse(text);
  if (length.success) return new Date(now.getTime() + length.data);
  const date = endOf().safeParse(text);
  if (!date.success) {
    throw usageError(
      `--expires ${JSON.stringify(text)} must be a duration such as 12h, 90d or 4w, or a date such as 2030-12-31`,
    );
  }
  if (date.data <= now) throw usageError(`--expires ${text} is in the past`);
  return date.data;
}

/** {@link describeApproval}, of whatever a bundle was for. */
export function describeApproved(about: Approval | { readonly names: readonly string[] }): string {
  return "names" in about ? about.names.join(", ") : describeApproval(about);
}

/** For people: `functions orders, pay-* and layers base`. */
export function describeApproval({ functions, layers }: Approval): string {
  const parts = [
    ...(functions.length > 0 ? [`functions ${functions.join(", ")}`] : []),
    ...(layers.length > 0 ? [`layers ${layers.join(", ")}`] : []),
  ];
  return parts.join(" and ");
}
