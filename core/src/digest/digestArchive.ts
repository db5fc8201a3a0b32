import { resolve } from "node:path";
import { FnsealError } from "../errors.ts";
import { type ArchiveKind, archiveKind } from "./archiveKind.ts";
import { addArchive, resolvePath } from "./assets.ts";
import { digestFile } from "./digestFile.ts";
import { FileSet } from "./fileSet.ts";
import { Refusals, unreadable } from "./refuse.ts";
import { Run, type RunOptions } from "./run.ts";
import { quote } from "./text.ts";
import type { Archive, Artifact } from "./types.ts";

export interface DigestOptions extends RunOptions {
  /** The program's folder: relative paths in the archive start there. */
  readonly root: string;
  /** What the file is, where its name does not say so. */
  readonly as?: ArchiveKind;
}

/**
 * Reads an archive as Pulumi would deploy it and digests it. Each byte is read once, in memory that
 * doesn't grow with the files; nothing is written and nothing is kept.
 *
 * Content that programs could read differently becomes `refusals`, and the artifact then has no `dirHash`.
 *
 * @throws FnsealError only with codes whose outcome is `undecided`: `artifact-not-found`,
 * `artifact-unreadable`, `artifact-unsupported`, `artifact-empty`, `artifact-remote`, `artifact-changed`,
 * `artifact-too-large`, `artifact-too-many-files`, `artifact-too-deep`, `artifact-interrupted`.
 */
export async function digestArchive(archive: Archive, options: DigestOptions): Promise<Artifact> {
  try {
    const root = resolve(options.root);
    const run = new Run(options);
    const path = archive.kind === "archive-file" ? resolvePath(root, archive.path) : "";
    const kind = archive.kind === "archive-file" ? (options.as ?? archiveKind(path)) : undefined;
    const artifact =
      kind === undefined ? await digestFiles(archive, root, run) : await digestFile(path, kind, run);
    run.finish();
    run.release();
    return artifact;
  } catch (thrown) {
    throw unreadable(options.root, thrown);
  }
}

/** {@link digestArchive} of a folder, or of a `.zip`, `.jar`, `.tar`, `.tgz` or `.tar.gz` on disk. */
export async function digestPath(path: string, options: Partial<DigestOptions> = {}): Promise<Artifact> {
  return digestArchive({ kind: "archive-file", path }, { root: process.cwd(), ...options });
}

async function digestFiles(archive: Archive, root: string, run: Run): Promise<Artifact> {
  const refusals = new Refusals();
  const set = new FileSet({ limits: run.limits, refusals, withTar: true });
  await refusals.during(() =>
    addArchive(archive, { set, run, refusals, root, depth: 0, rename: (name) => name }),
  );
  set.checkFolders();
  const shape = archive.kind === "archive-file" ? "directory" : "assets";
  const counts = { refusals: refusals.all, files: set.files, bytes: set.bytes };
  if (refusals.any) return { shape, digests: {}, ...counts };
  if (set.files === 0) {
    const where = archive.kind === "archive-file" ? quote(archive.path) : "the archive";
    throw new FnsealError("artifact-empty", `Pulumi would deploy no file of ${where}`);
  }
  const pulumiArchive = set.pulumiArchive();
  return { shape, digests: { dirHash: set.dirHash(), pulumiArchive }, engineHash: pulumiArchive, ...counts };
}
