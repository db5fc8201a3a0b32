import type { SealedConfiguration } from "@fnseal/core";
import { type Approval, describeApproval } from "./signOptions.ts";
import type { SignStatement } from "./signers/signer.ts";

/** What is the same for everything that one run of `sign` signs. */
export interface Signing extends Approval {
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
  readonly signedAt: Date;
  readonly expires: Date | undefined;
  /** What functions must run with. */
  readonly configuration?: SealedConfiguration | undefined;
}

/** For the document that `--json` prints. */
export function approvalJson({
  functions,
  layers,
  signedAt,
  expires,
  configuration,
}: Signing): Record<string, unknown> {
  return { functions, layers, signedAt, expires: expires ?? null, configuration: configuration ?? null };
}

/** What it is for, as a line for a person. */
export function approvalLine(signing: Signing): string {
  const { expires, configuration } = signing;
  const until = expires ? `, until ${expires.toISOString()}` : "";
  return `  for: ${describeApproval(signing)}${until}${configuration ? `\n  sealed: ${describeSeal(configuration)}` : ""}`;
}

/** Names only: what is sealed may be secret. */
function describeSeal(configuration: SealedConfiguration): string {
  const { environment } = configuration;
  const values = environment?.values ? ` (values by ${environment.values.key})` : " (names)";
  return Object.keys(configuration)
    .map((field) => (field === "environment" ? `${field}${values}` : field))
    .join(", ");
}
