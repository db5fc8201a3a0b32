import { type Code, CODES, type Outcome } from "@fnseal/core/codes";
import { FnsealError, messageOf, systemCode } from "@fnseal/core/errors";
import { TrustPolicyError } from "@fnseal/core/trust/problems";
import type { ExitCode, Result } from "./output.ts";

/** Ctrl-C at a prompt. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Wrong options or arguments. */
export function usageError(message: string): FnsealError {
  return new FnsealError("usage-invalid", message);
}

/** Anything that was thrown as one of our errors. What nobody foresaw is `internal-error`, which passes nothing. */
export function toFnsealError(thrown: unknown): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  return new FnsealError("internal-error", `unexpected: ${messageOf(thrown)}`, { cause: thrown });
}

/** Why a file could not be read or written, in the system's word for it. */
export function reasonOf(thrown: unknown): string {
  return systemCode(thrown) ?? messageOf(thrown);
}

function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome) {
    case "rejected":
      return 1;
    case "usage":
      return 2;
    case "undecided":
      return 3;
    case "notice":
      return 0;
  }
}

/** The exit code of a code of docs/errors.md. */
export function exitOf(code: Code): ExitCode {
  return exitCodeOf(CODES[code].outcome);
}

/** `error` in the document that `--json` prints. */
export function errorJson(error: FnsealError): Record<string, unknown> {
  const { code, message } = error;
  const problems = error instanceof TrustPolicyError ? { problems: error.problems } : {};
  return { code, message, remedy: CODES[code].remedy, ...problems };
}

export function describeError(error: FnsealError): string {
  return `error: [${error.code}] ${error.message}\n  to mend it: ${CODES[error.code].remedy}`;
}

/** An error about one of several paths; the others go on. */
export function errorResult(path: string, thrown: unknown): Result {
  const error = toFnsealError(thrown);
  return {
    exit: exitOf(error.code),
    json: { path, status: "error", error: errorJson(error) },
    text: describeError(error),
    isError: true,
  };
}
