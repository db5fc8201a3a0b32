import type { Code } from "../codes/index.ts";
import type { DigestSet } from "../digest/types.ts";
import type { Rule, Target } from "../trust/index.ts";

/** What one bundle came to, under one rule. */
export interface BundleFinding {
  readonly where: string;
  /** `accepted`, or why it does not count. */
  readonly code: Code | "accepted";
  readonly message: string;
  /** The authority that signed it, once that is known. */
  readonly authority?: string;
  /** The key's fingerprint, or issuer and subject. */
  readonly signer?: string;
}

/** Something that passes and that a person should know. */
export interface Notice {
  readonly code: Code;
  readonly message: string;
  /** When the signatures that it rests on end, where the notice is about that. */
  readonly expires?: Date;
}

interface Common {
  readonly target: Target;
  readonly digests: DigestSet;
  readonly bundles: readonly BundleFinding[];
  readonly searched: readonly string[];
  readonly notices: readonly Notice[];
}

/**
 * What is known about code that is to run as something.
 *
 * - `verified`: every rule about it is met
 * - `exempt`: it is not, and an exception (or `noRuleMatches: allow`) lets it pass
 * - `rejected`: the evidence is wrong, missing, or not what the rules ask for
 * - `undecided`: it could not be found out; never a pass
 */
export type Verdict = Common &
  (
    | {
        readonly status: "verified";
        /** Whether every rule is met by a signature that binds the values of the environment variables. */
        readonly sealsValues?: true;
      }
    | { readonly status: "exempt" }
    | ({ readonly status: "rejected" } & Failure)
    | ({ readonly status: "undecided" } & Failure)
  );

interface Failure {
  readonly code: Code;
  readonly reason: string;
  /** The rules that are not met; none where no rule is about the target. */
  readonly unmet: readonly Rule[];
}

export type Passing = Extract<Verdict, { status: "verified" | "exempt" }>;

/** Whether the code may run. */
export function passes(verdict: Verdict): verdict is Passing {
  return verdict.status === "verified" || verdict.status === "exempt";
}
