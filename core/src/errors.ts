import { type Code, CODES, type Outcome } from "./codes/index.ts";

/**
 * The only error that fnseal throws on purpose. `code` is one of docs/errors.md and stays the same when
 * the wording of `message` changes.
 */
export class FnsealError extends Error {
  override readonly name = "FnsealError";
  readonly code: Code;

  constructor(code: Code, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }

  /** How the code counts: see {@link Outcome}. */
  get outcome(): Outcome {
    return CODES[this.code].outcome;
  }
}

/** The text of anything that was thrown, for a message; never its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node.js system error (`ENOENT`, `EACCES`, …), if it is one. */
export function systemCode(thrown: unknown): string | undefined {
  // Not `instanceof Error`: Node's own errors are another realm's where code runs in a vm, as under jest.
  const isCoded = typeof thrown === "object" && thrown !== null && "code" in thrown;
  return isCoded && typeof thrown.code === "string" ? thrown.code : undefined;
}
