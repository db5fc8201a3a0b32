import { type Approval, describeApproval } from "./signOptions.ts";
import type { SignStatement } from "./signers/signer.ts";

/** What is the same for everything that one run of `sign` signs. */
export interface Signing extends Approval {
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
  readonly signedAt: Date;
  readonly expires: Date | undefined;
}

/** For the document that `--json` prints. */
export function approvalJson({ functions, layers, signedAt, expires }: Signing): Record<string, unknown> {
  return { functions, layers, signedAt, expires: expires ?? null };
}

/** What it is for, as a line for a person. */
export function approvalLine(signing: Signing): string {
  const { expires } = signing;
  return `  for: ${describeApproval(signing)}${expires ? `, until ${expires.toISOString()}` : ""}`;
}
