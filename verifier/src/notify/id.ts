import { createHash } from "node:crypto";

/** The id of a finding: the same for the same change of state, whoever tells it and how often. 32 hexadecimal digits. */
export function findingId(parts: readonly (string | number | undefined)[]): string {
  return createHash("sha256")
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest("hex")
    .slice(0, 32);
}
