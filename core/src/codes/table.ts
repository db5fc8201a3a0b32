/**
 * What a code stands for.
 *
 * - `rejected`: the evidence was read and is wrong, or is not what the trust policy asks for
 * - `undecided`: it could not be found out (missing file, no permission, no network); never a pass
 * - `usage`: a command line, a configuration or a trust policy is wrong; nothing was judged
 * - `notice`: passes, and a person should know
 */
export type Outcome = "rejected" | "undecided" | "usage" | "notice";

/** One row of the catalogue in docs/errors.md, which is generated from these tables. */
export interface CodeEntry {
  readonly outcome: Outcome;
  /** What happened, as a phrase without a full stop. */
  readonly title: string;
  /** What to do about it, one or two sentences. */
  readonly remedy: string;
}

export type CodeTable = Readonly<Record<string, CodeEntry>>;
