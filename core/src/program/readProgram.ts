import { hash } from "node:crypto";
import { join } from "node:path";
import type { FileDigest } from "../digest/dirHash.ts";
import type { RunOptions } from "../digest/run.ts";
import { digestFolder } from "../digest/selection/digestFolder.ts";
import type { Selection } from "../digest/selection/exclusions.ts";
import { quote } from "../digest/text.ts";
import type { Artifact } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { checkInstalled, checkLocks, type CoveredFiles, type Lock } from "../locks/index.ts";
import { readTextFile } from "../locks/readTextFile.ts";
import { below, folderOfMain, projectFileIn, readProject } from "./project.ts";

/** A program's folder after its covered files were read. */
export interface ReadProgram {
  readonly folder: string;
  readonly artifact: Artifact;
  readonly files: readonly FileDigest[];
}

/** @param folder the project's. @throws FnsealError as `digestPath` does */
export async function readProgram(
  folder: string,
  selection: Selection,
  options: RunOptions = {},
): Promise<ReadProgram> {
  return { folder, ...(await digestFolder(folder, "program", selection, options)) };
}

/**
 * Checks what a signature over the files does not say: that they are all of the program, and that they say which
 * dependencies it has.
 *
 * @returns the lock files; none where there are no dependencies
 * @throws FnsealError `program-main-outside`, `lock-…`
 */
export function checkDependencies({ folder, files }: ReadProgram): readonly Lock[] {
  return checkLocks(coveredFiles(folder, files), mainFolderOf(folder, files));
}

/**
 * Compares what is installed with the lock files.
 *
 * @returns the lock files that it was compared with
 * @throws FnsealError `installed-differs`, `lock-unreadable`, `artifact-unreadable`
 */
export function checkInstallation({ folder, files }: ReadProgram, locks: readonly Lock[]): string[] {
  const covered = coveredFiles(folder, files);
  const folders = new Set(locks.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf("/")))));
  return [...folders].flatMap((place) => checkInstalled(folder, place, covered) ?? []);
}

/** Where the program starts, relative to the project's folder. What it starts with has to be covered. */
function mainFolderOf(folder: string, files: readonly FileDigest[]): string {
  const projectFile = projectFileIn(folder);
  const { main } = projectFile === undefined ? { main: undefined } : readProject(projectFile);
  const inside = below(folder, folderOfMain(folder, main));
  const isCovered =
    inside === "" || (inside !== undefined && files.some(({ name }) => name.startsWith(`${inside}/`)));
  if (inside !== undefined && isCovered) return inside;
  const where = `is not among the covered files of ${quote(folder)}`;
  throw new FnsealError("program-main-outside", `main is ${quote(String(main))}, which ${where}`);
}

function coveredFiles(folder: string, files: readonly FileDigest[]): CoveredFiles {
  const digests = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const texts = new Map<string, string>();
  return {
    has: (name) => digests.has(name),
    names: () => digests.keys(),
    read: (name) => {
      const text = texts.get(name) ?? readTextFile(join(folder, name));
      if (text === undefined || hash("sha256", text) !== digests.get(name)) {
        // Bytes that are no UTF-8 end here too: no list of dependencies has any.
        throw new FnsealError("artifact-changed", `${quote(name)} changed while it was read, or is no text`);
      }
      texts.set(name, text);
      return text;
    },
  };
}
