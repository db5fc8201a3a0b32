/**
 * Why AWS did not do what it was asked.
 *
 * - `denied`: the permission is missing, or a key may not be used; trying again does not help
 * - `gone`: what was named does not exist (any more)
 * - `conflict`: AWS refuses it in the present state; it may do it later
 * - `throttled`, `unavailable`: try again
 * - `invalid`: the request can never succeed
 */
export type FailureKind = "denied" | "gone" | "conflict" | "throttled" | "unavailable" | "invalid";

/** A failed call. The message names call and error, never a value of a parameter that may be secret. */
export class AwsFailure extends Error {
  override readonly name = "AwsFailure";
  readonly kind: FailureKind;
  /** As IAM names it: `lambda:GetFunction`. */
  readonly action: string;

  constructor(kind: FailureKind, action: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
    this.action = action;
  }

  /** Whether the same call may succeed in a moment. */
  get isPassing(): boolean {
    return this.kind === "throttled" || this.kind === "unavailable" || this.kind === "conflict";
  }
}
