import { describeContent } from "@fnseal/core";
import type { AttestationType } from "./attestationType.ts";
import type { SignStatement } from "./signers/signer.ts";

/** What is the same for everything that one run of `attest` attests. */
export interface Attesting {
  readonly type: AttestationType;
  readonly predicate: unknown;
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
  readonly attestedAt: Date;
}

/** What is said of the predicate now: a report that no rule can read would only be noticed when it is judged. */
export function noteOn({ type: { predicateType }, predicate, attestedAt }: Attesting): {
  readonly note: string | null;
  readonly lines: readonly string[];
} {
  const note = describeContent(predicateType, predicate, attestedAt) ?? null;
  return { note, lines: [`  type: ${predicateType}`, ...(note === null ? [] : [`  note: ${note}`])] };
}
