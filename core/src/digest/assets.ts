import { isAbsolute, join } from "node:path";
import { FnsealError } from "../errors.ts";
import { addFile } from "./addFile.ts";
import { archiveKind } from "./archiveKind.ts";
import { walkDirectory } from "./directory.ts";
import { goClean, goJoin } from "./goPath.ts";
import { compareBytes } from "./order.ts";
import type { Place } from "./place.ts";
import { addTar } from "./tar/addTar.ts";
import { quote } from "./text.ts";
import type { Archive, Asset } from "./types.ts";
import { addZip } from "./zip/addZip.ts";

/** Deeper than any real archive; each level costs stack. */
const DEEPEST = 64;

interface Nested extends Place {
  /** Where relative paths start. */
  readonly root: string;
  /** How many AssetArchives this one is in. */
  readonly depth: number;
}

/**
 * Adds the files of `archive` to the set as the engine flattens them: keys in the order of their bytes,
 * an asset under its key as it is, a nested archive's files under the key and cleaned (so `"."` and
 * `"./lib/"` are common keys). See assetsArchiveReader.Next in Pulumi's sdk.
 */
export async function addArchive(archive: Archive, place: Nested): Promise<void> {
  switch (archive.kind) {
    case "archive-remote":
      throw new FnsealError("artifact-remote", `${quote(archive.uri)} is fetched when it is deployed`);
    case "archive-file":
      return addPath(resolvePath(place.root, archive.path), place);
    case "archive-assets":
      return addAssets(archive.entries, place);
  }
}

/**
 * A path as the engine resolves it: cleaned where it is relative, as it is where it is absolute.
 * @throws FnsealError `artifact-empty` for an empty path, which is no path to the engine.
 */
export function resolvePath(root: string, path: string): string {
  if (path === "") throw new FnsealError("artifact-empty", "the archive's path is empty");
  return isAbsolute(path) ? path : stripSlash(join(root, path));
}

function stripSlash(path: string): string {
  return path.length > 1 && /[/\\]$/.test(path) ? path.slice(0, -1) : path;
}

async function addAssets(entries: ReadonlyMap<string, Asset | Archive>, place: Nested): Promise<void> {
  if (entries.size === 0) throw new FnsealError("artifact-empty", "an AssetArchive has no entry");
  if (place.depth > DEEPEST) {
    throw new FnsealError("artifact-too-deep", `AssetArchives are nested more than ${DEEPEST} deep`);
  }
  const sorted = [...entries].sort(([a], [b]) => compareBytes(a, b));
  for (const [key, entry] of sorted) {
    switch (entry.kind) {
      case "archive-file":
      case "archive-assets":
      case "archive-remote": {
        const rename = (name: string) => place.rename(goJoin(key, name));
        await addArchive(entry, { ...place, depth: place.depth + 1, rename });
        break;
      }
      case "text":
        addText(place.rename(key), entry.text, place);
        break;
      case "file":
        await addAssetFile(place.rename(key), resolvePath(place.root, entry.path), place);
        break;
      case "remote":
        throw new FnsealError("artifact-remote", `${quote(entry.uri)} is fetched when it is deployed`);
    }
    await place.run.pause();
  }
}

function addText(name: string, text: string, { set, run, refusals }: Place): void {
  if (/\p{Surrogate}/u.test(text)) {
    refusals.add("artifact-text-encoding", `the text of ${quote(name)} has half of a surrogate pair in it`);
  }
  const content = Buffer.from(text);
  run.count(content.length);
  set.add(name, content);
}

async function addAssetFile(name: string, path: string, { set, run }: Place): Promise<void> {
  // The engine opens even a file that loses against an earlier one of its name; reading it proves nothing.
  if (set.wants(name)) await addFile(set, run, name, path);
}

async function addPath(path: string, place: Nested): Promise<void> {
  const { set, run, refusals, rename } = place;
  const kind = archiveKind(path);
  switch (kind) {
    case undefined:
      for (const file of await walkDirectory(path, run, refusals)) {
        const name = rename(file.name);
        if (set.wants(name)) await addFile(set, run, name, file.path, { noFollow: true });
        await run.pause();
      }
      return;
    case "zip":
    case "jar":
      return addZip(path, { set, run, refusals, rename: (name) => rename(goClean(name)) });
    case "tar":
    case "tgz":
      await addTar(path, kind, { set, run, refusals, rename: (name) => rename(goClean(name)) });
  }
}
