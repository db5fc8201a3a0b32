import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../../scripts/tools/paths.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A new folder among the temporary ones, by its real path: the engine compares paths as text. */
export function temporaryFolder(prefix: string): string {
  return mkdtempSync(join(realpathSync(tmpdir()), `fnseal-${prefix}-`));
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Copies a project or a pack without what was installed for it. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => path !== join(from, "node_modules") });
}

/** Lets programs in the folder require what the checkout has installed. */
export function linkModules(folder: string): void {
  const link = join(folder, "node_modules");
  if (!existsSync(link)) symlinkSync(join(root, "node_modules"), link, "dir");
}

export function readTextIfAny(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
