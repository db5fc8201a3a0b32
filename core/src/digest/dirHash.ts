import { createHash } from "node:crypto";
import { FnsealError } from "../errors.ts";
import { compareBytes } from "./order.ts";
import { quote } from "./text.ts";

/** One file: its name with `/` between the parts, and SHA-256 of its content in lower-case hexadecimal. */
export interface FileDigest {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Go's dirhash Hash1 (golang.org/x/mod/sumdb/dirhash) in lower-case hexadecimal, as in-toto's DigestSet
 * spells it: SHA-256 of one line `<sha256>  <name>\n` a file, sorted by the bytes of the names.
 *
 * The order of `files` doesn't matter; names must differ.
 * @throws FnsealError `artifact-name-newline` if a name has a line feed in it, as Go does.
 */
export function dirHash(files: Iterable<FileDigest>): string {
  return dirHashOfSorted([...files].sort((a, b) => compareBytes(a.name, b.name)));
}

/** {@link dirHash} of files that are sorted already. */
export function dirHashOfSorted(files: Iterable<FileDigest>): string {
  const hash = createHash("sha256");
  for (const { name, sha256 } of files) {
    if (name.includes("\n")) {
      throw new FnsealError("artifact-name-newline", `the name ${quote(name)} has a line break in it`);
    }
    hash.update(`${sha256}  ${name}\n`);
  }
  return hash.digest("hex");
}
