import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What to create under a path: content, or where a symlink leads. */
export type Given = string | Uint8Array | { readonly link: string } | { readonly folder: true };

/** Folders for one test file, removed after it. */
export function temporaryFolders(): (files?: Readonly<Record<string, Given>>) => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return (files = {}) => {
    const folder = mkdtempSync(join(tmpdir(), "fnseal-"));
    made.push(folder);
    for (const [name, given] of Object.entries(files)) create(join(folder, name), given);
    return folder;
  };
}

function create(path: string, given: Given): void {
  if (typeof given === "object" && "folder" in given) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  if (typeof given === "object" && "link" in given) symlinkSync(given.link, path);
  else writeFileSync(path, given);
}
