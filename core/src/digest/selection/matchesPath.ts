import { matchesGlob } from "../../statement/glob.ts";

/**
 * Path patterns as in .gitignore without its short forms: they match the whole path, `**` is any number of folders
 * (none included), `*` and `?` stay within one part. With case, the same on every system. A pattern that names a folder
 * is about all that is in it. The time is bounded by the product of the lengths, whatever the pattern.
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchesFrom(pattern.split("/"), path.split("/"));
}

/** Matches like a glob one level up: a part is to `**` what a character is to `*`. */
function matchesFrom(patterns: readonly string[], parts: readonly string[]): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < parts.length) {
    const pattern = patterns[p];
    // All of the pattern is used up at a folder: what is inside goes with it.
    if (pattern === undefined && n > 0) return true;
    if (pattern === "**") {
      star = p++;
      resume = n;
    } else if (pattern !== undefined && matchesGlob(pattern, parts[n] ?? "")) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (patterns[p] === "**") p++;
  return p === patterns.length;
}

/** Whether something below a folder may match: whether it has to be looked into. */
export function mayMatchBelow(pattern: string, folder: string): boolean {
  const patterns = pattern.split("/");
  const parts = folder.split("/");
  for (const [index, part] of parts.entries()) {
    const wanted = patterns[index];
    if (wanted === undefined || wanted === "**") return true;
    if (!matchesGlob(wanted, part)) return false;
  }
  return true;
}
