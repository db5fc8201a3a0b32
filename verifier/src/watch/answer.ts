import { FnsealError } from "@fnseal/core";

const LONGEST_MS = 72 * 3_600_000;

/** Who answers for it, and why. */
export interface Answer {
  /** As they say. */
  readonly by: string;
  /** 3 to 500 characters. */
  readonly reason: string;
}

/** Without what else the caller passed along. */
export function plain({ by, reason }: Answer): Answer {
  return { by, reason };
}

/**
 * @param until when what is asked for ends
 * @returns it as text
 * @throws FnsealError `usage-invalid`
 */
export function checked({ by, reason }: Answer, now: Date, until?: Date): string {
  if (reason.length < 3 || reason.length > 500) {
    throw new FnsealError("usage-invalid", "the reason needs 3 to 500 characters");
  }
  if (by.length === 0 || by.length > 200)
    throw new FnsealError("usage-invalid", "`by` needs 1 to 200 characters");
  if (until === undefined) return "";
  const ahead = until.getTime() - now.getTime();
  if (!(ahead > 0 && ahead <= LONGEST_MS)) {
    throw new FnsealError("usage-invalid", "`until` has to be within the next 72 hours");
  }
  return until.toISOString();
}
