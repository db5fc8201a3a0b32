import { posix } from "node:path";

/** Go's `filepath.Clean` on Linux: `path.posix.normalize` without the slash it keeps at the end. */
export function goClean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** Go's `filepath.Join` on Linux: empty elements are left out, and nothing but those gives `""`. */
export function goJoin(...elements: readonly string[]): string {
  const used = elements.filter((element) => element !== "");
  return used.length === 0 ? "" : goClean(used.join("/"));
}
