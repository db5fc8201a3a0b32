import { parseStatement } from "../statement/statement.ts";
import { readPlainBundle } from "./plain.ts";
import { type ParsedBundle, readBundle } from "./readBundle.ts";

export type { ParsedBundle } from "./readBundle.ts";

/**
 * Reads a Sigstore bundle of version 0.1 to 0.3 (JSON).
 *
 * @throws FnsealError one code for each way in which it is none: `bundle-too-large`, `bundle-truncated`,
 *   `bundle-not-json`, `bundle-legacy-cosign`, `bundle-unknown-version`, `bundle-several-signatures`,
 *   `bundle-payload-unknown`, `bundle-malformed`, `statement-…`
 */
export function parseBundle(bytes: Buffer): ParsedBundle {
  return readPlainBundle(bytes) ?? parseAnyBundle(bytes);
}

/** {@link parseBundle} for bundles that `readPlainBundle` has passed over; it reads those others as well. */
export function parseAnyBundle(bytes: Buffer): ParsedBundle {
  return readBundle(bytes, parseStatement);
}
