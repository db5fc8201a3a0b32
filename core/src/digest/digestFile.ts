import { FnsealError } from "../errors.ts";
import type { ArchiveKind } from "./archiveKind.ts";
import { FileSet } from "./fileSet.ts";
import { Refusals } from "./refuse.ts";
import type { Run } from "./run.ts";
import { addTar } from "./tar/addTar.ts";
import { quote } from "./text.ts";
import type { Artifact, DigestSet } from "./types.ts";
import { digestZip } from "./zip/addZip.ts";

/**
 * Digests an archive file. SHA-256 of its bytes comes from the same reading as the files' digests, so the
 * two belong together even if someone writes to the file meanwhile.
 *
 * @throws FnsealError as `digestArchive` does.
 */
export async function digestFile(path: string, kind: ArchiveKind, run: Run): Promise<Artifact> {
  const refusals = new Refusals();
  const set = new FileSet({ limits: run.limits, refusals, withTar: false });
  const place = { set, run, refusals, rename: (name: string) => name };
  const sha256 =
    kind === "zip" || kind === "jar" ? await digestZip(path, place) : await addTar(path, kind, place);
  set.checkFolders();
  if (!refusals.any && set.files === 0) {
    throw new FnsealError("artifact-empty", `${quote(path)} holds no file`);
  }
  const files: DigestSet = refusals.any ? {} : { dirHash: set.dirHash() };
  const rest = { engineHash: sha256, refusals: refusals.all, files: set.files, bytes: set.bytes };
  if (kind === "zip") return { shape: "zip", digests: { sha256, ...files }, ...rest };
  return { shape: "repackaged", digests: files, rawSha256: sha256, ...rest };
}
