import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../../scripts/tools/paths.ts";
import { removeFolder, temporaryFolder } from "../../../support/engine/folder.ts";

/** The engine lets a plugin's folder install its dependencies: here nothing is ever written by that. */
export const NO_INSTALL = { npm_config_dry_run: "true", npm_config_offline: "true" } as const;

/** What `@fnseal/provider` ships, in a folder of its own. */
export interface PackageCopy {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * Copies what is published away from the checkout, whose workspace the engine would otherwise install into. The
 * dependencies are found one folder up, so the copy names none.
 */
export function copyPackage(): PackageCopy {
  const base = temporaryFolder("package");
  const path = join(base, "provider");
  const from = join(root, "provider");
  for (const each of ["dist", "PulumiPlugin.yaml", "schema.json"]) {
    cpSync(join(from, each), join(path, each), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as Record<string, unknown>;
  const rest = { ...manifest, dependencies: {}, devDependencies: {} };
  writeFileSync(join(path, "package.json"), JSON.stringify(rest));
  symlinkSync(join(root, "node_modules"), join(base, "node_modules"), "dir");
  return { path, remove: () => removeFolder(base) };
}
