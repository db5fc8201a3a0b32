/** Lock files for tests. */
import { createHash } from "node:crypto";
import type { CoveredFiles } from "../../src/locks/index.ts";

export const INTEGRITY = `sha512-${createHash("sha512").update("a").digest("base64")}`;

export function covered(files: Readonly<Record<string, string>>): CoveredFiles {
  return {
    has: (name) => Object.hasOwn(files, name),
    names: () => Object.keys(files),
    read: (name) => files[name] ?? "",
  };
}

export const npm = (packages: object, more: object = {}): string =>
  JSON.stringify({ name: "x", lockfileVersion: 3, packages: { "": {}, ...packages }, ...more });
export const one = { "node_modules/a": { version: "1.0.0", integrity: INTEGRITY } };
