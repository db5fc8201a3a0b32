import { join, resolve } from "node:path";

/** The checkout. */
export const root = resolve(import.meta.dirname, "../..");

/** What the tests built for themselves; not in version control. */
export const cache = join(root, ".cache", "tools");

/** A program's file name on this platform. */
export function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}
