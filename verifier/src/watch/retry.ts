/**
 * Somebody else works on the same thing, or has overtaken us. Nothing is lost: what is in the state table was not
 * changed by this one any more, and the message comes again.
 */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
}

/** How to wait, and how to differ from others that wait. In tests neither takes time. */
export interface Patience {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export const PATIENCE: Patience = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};
