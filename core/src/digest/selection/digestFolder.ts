import { FnsealError } from "../../errors.ts";
import { addFile } from "../addFile.ts";
import { walkBy } from "../directory.ts";
import type { FileDigest } from "../dirHash.ts";
import { FileSet } from "../fileSet.ts";
import { Refusals, unreadable } from "../refuse.ts";
import { Run, type RunOptions } from "../run.ts";
import { quote } from "../text.ts";
import type { Artifact } from "../types.ts";
import { namesFilesOnly, type Selection } from "./exclusions.ts";
import { matchesPath, mayMatchBelow } from "./matchesPath.ts";

/** A folder's files after they were read. */
export interface SelectedFiles {
  readonly artifact: Artifact;
  /** Each file of the artifact, sorted; none where there are refusals. */
  readonly files: readonly FileDigest[];
}

/**
 * Digests those files of a folder that a selection covers, for what is deployed as files and not as an archive.
 * Symlinks to files inside of the folder are followed; one to a folder is refused, for it may show anything.
 *
 * @throws FnsealError as `digestPath` does
 */
export async function digestFolder(
  root: string,
  shape: "folder" | "program",
  selection: Selection,
  options: RunOptions = {},
): Promise<SelectedFiles> {
  try {
    const run = new Run(options);
    const refusals = new Refusals();
    const set = new FileSet({ limits: run.limits, refusals, withTar: false });
    await refusals.during(async () => {
      for (const { name, path } of await walkBy(rulesOf(selection), root, run, refusals)) {
        await addFile(set, run, name, path, { noFollow: true });
        await run.pause();
      }
    });
    run.finish();
    run.release();
    const counts = { refusals: refusals.all, files: set.files, bytes: set.bytes, selection };
    if (refusals.any) return { artifact: { shape, digests: {}, ...counts }, files: [] };
    if (set.files === 0)
      throw new FnsealError("artifact-empty", `there is no file to cover in ${quote(root)}`);
    return { artifact: { shape, digests: { dirHash: set.dirHash() }, ...counts }, files: set.fileDigests() };
  } catch (thrown) {
    throw unreadable(root, thrown);
  }
}

function rulesOf({ include, exclude }: Selection): Parameters<typeof walkBy>[0] {
  const isNamed = (patterns: readonly string[], name: string): boolean =>
    patterns.some((pattern) => matchesPath(pattern, name));
  const folders = exclude.filter((pattern) => !namesFilesOnly(pattern));
  return {
    takesFile: (name) =>
      !isNamed(folders, name) && !isNamedFile(exclude, name) ? true : isNamed(include, name),
    looksInto: (name) => !isNamed(folders, name) || include.some((pattern) => mayMatchBelow(pattern, name)),
    folderLinks: "refuse",
  };
}

/** By those patterns that are about files only: a file in a folder of such a name is none. */
function isNamedFile(exclude: readonly string[], name: string): boolean {
  const file = name.slice(name.lastIndexOf("/") + 1);
  return exclude.some((pattern) => namesFilesOnly(pattern) && matchesPath(pattern, file));
}
