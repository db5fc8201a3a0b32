import { duration, endOf } from "@fnseal/core";
import { usageError } from "../errors.ts";

/** As long as anyone may answer for a function, or hold all blocks. */
export const LONGEST_HOURS = 72;

const HOUR = 3_600_000;

/**
 * When a release or a pause ends: a duration from now (`8h`, `2d`), a time, or a date, which means the end of that
 * day in UTC.
 *
 * @throws FnsealError `usage-invalid` where it is none, past, or more than 72 hours ahead
 */
export function toUntil(text: string, now: Date): Date {
  const until = parse(text, now);
  if (until <= now) throw usageError(`--until ${text} is in the past`);
  if (until.getTime() - now.getTime() > LONGEST_HOURS * HOUR) {
    throw usageError(`--until ${text} is more than ${LONGEST_HOURS} hours ahead, which is the most`);
  }
  return until;
}

function parse(text: string, now: Date): Date {
  const length = duration().safeParse(text);
  if (length.success) return new Date(now.getTime() + length.data);
  const time = endOf().safeParse(text);
  if (time.success) return time.data;
  throw usageError(
    `--until ${JSON.stringify(text)} must be a duration such as 8h or 2d, or a time such as ${now.toISOString().slice(0, 16)}:00Z`,
  );
}

/** @throws FnsealError `usage-invalid` unless the reason has 3 to 500 characters */
export function toReason(text: string | undefined): string {
  const reason = text?.trim() ?? "";
  if (reason.length >= 3 && reason.length <= 500) return reason;
  throw usageError("--reason must say why, in 3 to 500 characters: everyone who gets the notices reads it");
}
