import { createHash } from "node:crypto";
import type { ReadBytes } from "../bundle/content.ts";
import type { ParsedBundle } from "../bundle/parse.ts";
import { FnsealError } from "../errors.ts";

/** SHA-512 of the subjects that have no SHA-256, as npm's provenance names its packages. */
export function sha512Subjects(bundle: ParsedBundle): readonly string[] {
  return bundle.kind === "dsse" ? bundle.statement.subjects.flatMap(({ sha512 }) => sha512 ?? []) : [];
}

/**
 * Whether a file has one of these SHA-512. It is read again for that, which no other bundle needs.
 *
 * @param sha256 what the file had when it was hashed
 * @throws FnsealError `artifact-changed` where the file is no longer the one that was hashed
 */
export async function hasSha512(
  wanted: readonly string[],
  sha256: string,
  readFile: ReadBytes,
): Promise<boolean> {
  const hashes = { sha256: createHash("sha256"), sha512: createHash("sha512") };
  for await (const chunk of readFile()) {
    hashes.sha256.update(chunk);
    hashes.sha512.update(chunk);
  }
  if (hashes.sha256.digest("hex") !== sha256) {
    throw new FnsealError("artifact-changed", "the file changed while it was read");
  }
  return wanted.includes(hashes.sha512.digest("hex"));
}
