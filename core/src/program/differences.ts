import { hash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileDigest } from "../digest/dirHash.ts";

/** How a file differs from what was signed. `line-ends`: it would be the same with other line ends. */
export interface Difference {
  readonly name: string;
  readonly how: "changed" | "line-ends" | "added" | "removed";
}

/** Files that are looked at for their line ends, and the largest of them in bytes. */
const LOOKED_AT = 10;
const LARGEST = 1 << 20;

/**
 * How the files of a folder differ from those that were signed, sorted by name.
 *
 * @param signed SHA-256 by name
 */
export function differencesOf(
  signed: ReadonlyMap<string, string>,
  folder: string,
  present: readonly FileDigest[],
): Difference[] {
  const there = new Map(present.map(({ name, sha256 }) => [name, sha256]));
  let looks = 0;
  const differences: Difference[] = [];
  for (const { name, sha256 } of present) {
    const was = signed.get(name);
    if (was === undefined) differences.push({ name, how: "added" });
    else if (was !== sha256) {
      const isSame = looks++ < LOOKED_AT && hasOtherLineEnds(join(folder, name), was);
      differences.push({ name, how: isSame ? "line-ends" : "changed" });
    }
  }
  for (const name of signed.keys()) if (!there.has(name)) differences.push({ name, how: "removed" });
  return differences.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Git changes line ends on some systems: then nobody has touched the file, and it is another file all the same. */
function hasOtherLineEnds(path: string, sha256: string): boolean {
  try {
    if (statSync(path).size > LARGEST) return false;
    const text = readFileSync(path, "latin1").replaceAll("\r\n", "\n");
    return [text, text.replaceAll("\n", "\r\n")].some(
      (other) => hash("sha256", Buffer.from(other, "latin1")) === sha256,
    );
  } catch {
    // It only words a message.
    return false;
  }
}

/** Files that a message names of each kind. */
const NAMED = 10;

/** Differences as phrases: `changed: index.ts, lib/a.ts`. */
export function describeDifferences(differences: readonly Difference[]): string[] {
  const kinds = [
    ["changed", "changed"],
    ["line-ends", "changed in its line ends only (see core.autocrlf of git)"],
    ["added", "added"],
    ["removed", "removed"],
  ] as const;
  return kinds.flatMap(([kind, words]) => {
    const names = differences.filter(({ how }) => how === kind).map(({ name }) => name);
    if (names.length === 0) return [];
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    return [`${words}: ${names.slice(0, NAMED).join(", ")}${more}`];
  });
}
