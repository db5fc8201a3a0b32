import { isAbsolute, resolve } from "node:path";
import { createReadStream } from "node:fs";
import {
  type Archive,
  type Artifact,
  type Asset,
  digestArchive,
  FnsealError,
  type ReadBytes,
  resolvePath,
} from "@fnseal/core";
import type { KnownFiles } from "./ahead/knownFiles.ts";
import { assertCacheClean } from "./engine/assetCache.ts";
import type { ProgramFolder } from "./engine/programFolder.ts";
import type { WireArchive } from "./engine/value.ts";

/** Code that was read and found to be what the engine says it is. */
export interface ReadCode {
  readonly artifact: Artifact;
  /** Where it lies, for the bundles beside it. */
  readonly paths: readonly string[];
  readonly readFile: ReadBytes | undefined;
}

export interface ReadOptions {
  readonly folders: readonly ProgramFolder[];
  readonly trustEngineHash: boolean;
  /** What files held that were read before. */
  readonly files: KnownFiles;
  /** Whether the resource ignores changes of its code, so that the files need not be those that are deployed. */
  readonly ignoresChanges?: boolean;
  /**
   * Called where the resource ignores changes of its code and the files have changed since: the engine then sends
   * what is in its state, whose files are gone and whose hash is all that is known.
   */
  readonly onKeptCode?: (() => void) | undefined;
}

/**
 * Reads the code that an archive names and confirms it by the engine's hash. The hash alone is a claim, which a
 * program can set; the folder alone is a guess. Only that both agree says which bytes will be deployed.
 *
 * @throws FnsealError `artifact-…`, `program-folder-…`, `engine-…`
 */
export async function readCode(
  { archive, hash, isWhole }: WireArchive,
  options: ReadOptions,
): Promise<ReadCode> {
  const { folders, trustEngineHash, files } = options;
  if (archive.kind === "archive-assets" && !isWhole) {
    throw new FnsealError(
      "engine-entries-hidden",
      "the engine did not show entries whose names start with __, if there are any",
    );
  }
  const readable = await readEverywhere(toArchive(archive), {
    roots: rootsFor(archive, folders),
    hash,
    files,
  });
  const [first] = readable.found;
  if (!first) {
    const believed = trustEngineHash && hash !== undefined ? believedArtifact(archive, hash) : undefined;
    if (believed) return { artifact: believed, paths: [], readFile: undefined };
    throw readable.error ?? noFolder(archive);
  }
  if (readable.found.some(({ artifact }) => fingerprint(artifact) !== fingerprint(first.artifact))) {
    const names = readable.found.map(({ root }) => root).join(" and ");
    throw new FnsealError("program-folder-ambiguous", `the files differ between ${names}`);
  }
  if (first.artifact.refusals.length === 0 || first.artifact.engineHash !== undefined) {
    const hasChanged = hash !== undefined && hash !== first.artifact.engineHash;
    if (options.onKeptCode && hasChanged) {
      options.onKeptCode();
      return {
        artifact: believedArtifact(archive, hash),
        paths: pathsOf(archive).map((path) => resolve(first.root, path)),
        readFile: undefined,
      };
    }
    if (options.ignoresChanges && hasChanged) {
      const message =
        "the resource ignores changes of its code, and the files have changed since it was deployed";
      throw new FnsealError("kept-code-unproved", message);
    }
    assertHash(first.artifact, hash, archive, first.root);
  }
  await assertCacheClean(first.artifact);
  const paths = pathsOf(archive).map((path) => resolve(first.root, path));
  const [file] = paths;
  // What is packed anew can still be told from something else, by whichever digest the bundle has.
  const isFile = ["zip", "repackaged"].includes(first.artifact.shape) && file !== undefined;
  return { artifact: first.artifact, paths, readFile: isFile ? () => createReadStream(file) : undefined };
}

/** An asset stands for the one file that it is, as for S3 objects; functions and layers have archives. */
function toArchive(node: Archive | Asset): Archive {
  switch (node.kind) {
    case "file":
      return { kind: "archive-file", path: node.path };
    case "remote":
      return { kind: "archive-remote", uri: node.uri };
    case "text":
      throw new FnsealError("artifact-unsupported", "a text is not an archive");
    case "archive-file":
    case "archive-assets":
    case "archive-remote":
      return node;
  }
}

function rootsFor(node: Archive | Asset, folders: readonly ProgramFolder[]): readonly string[] {
  // Without relative paths no folder is needed, and a guess could only do harm.
  return pathsOf(node).every((path) => isAbsolute(path)) ? ["/"] : folders.map(({ folder }) => folder);
}

interface Readable {
  readonly found: readonly { readonly root: string; readonly artifact: Artifact }[];
  /** Why nothing was found, where something says so. */
  readonly error: FnsealError | undefined;
}

interface Places {
  readonly roots: readonly string[];
  /** What the engine says of the archive. */
  readonly hash: string | undefined;
  readonly files: KnownFiles;
}

async function readEverywhere(archive: Archive, { roots, hash, files }: Places): Promise<Readable> {
  const found: { root: string; artifact: Artifact }[] = [];
  let error: FnsealError | undefined;
  for (const root of roots) {
    try {
      found.push({ root, artifact: await readAt(root) });
    } catch (thrown) {
      if (!(thrown instanceof FnsealError)) throw thrown;
      // What lies there and cannot be read may be the program's: it must not be passed over for another folder.
      if (thrown.code !== "artifact-not-found") throw thrown;
      error ??= thrown;
    }
  }
  return { found, error };

  async function readAt(root: string): Promise<Artifact> {
    if (archive.kind !== "archive-file") return digestArchive(archive, { root });
    const path = resolvePath(root, archive.path);
    return files.read(path, hash);
  }
}

function noFolder(node: Archive | Asset): FnsealError {
  const path = pathsOf(node)[0] ?? "the archive";
  return new FnsealError(
    "program-folder-unknown",
    `${JSON.stringify(path)} is relative to a program that was not found`,
  );
}

function fingerprint({ digests, refusals }: Artifact): string {
  return JSON.stringify([digests, refusals]);
}

function assertHash(artifact: Artifact, hash: string | undefined, node: Archive | Asset, root: string): void {
  if (hash === undefined) throw new FnsealError("engine-hash-missing", "the engine sent no hash for it");
  if (hash === artifact.engineHash) return;
  const path = pathsOf(node)[0];
  const where = path === undefined ? "its parts" : resolve(root, path);
  const message = `the engine was told ${hash.slice(0, 16)}…, but ${where} is ${(artifact.engineHash ?? "refused").slice(0, 16)}…`;
  throw new FnsealError("engine-hash-mismatch", message);
}

/** What the engine's hash names, where nothing else is left to go by. */
function believedArtifact(node: Archive | Asset, hash: string): Artifact {
  const path =
    node.kind === "archive-file" ? node.path : node.kind === "archive-remote" ? node.uri : undefined;
  const isZip = path?.endsWith(".zip") ?? false;
  const digests = isZip ? { sha256: hash } : { pulumiArchive: hash };
  return { shape: isZip ? "zip" : "assets", digests, engineHash: hash, refusals: [], files: 0, bytes: 0 };
}

/**
 * The paths of an archive: its own, or those of its parts and of their folders, since an AssetArchive of the
 * files of `dist` is often signed as `dist`.
 */
function pathsOf(node: Archive | Asset): string[] {
  switch (node.kind) {
    case "file":
    case "archive-file":
      return [node.path];
    case "archive-assets":
      return [...node.entries.values()].flatMap(pathsOf);
    case "text":
    case "remote":
    case "archive-remote":
      return [];
  }
}
