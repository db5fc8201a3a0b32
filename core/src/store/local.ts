import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { DIGEST_ALGORITHMS, type DigestSet } from "../digest/types.ts";
import { FnsealError, messageOf } from "../errors.ts";
import { FolderLister, MAXIMUM_BUNDLES, readBundleFile } from "./files.ts";
import type { BundleStore, Candidate, Found, Wanted } from "./types.ts";

/** Artifact paths beside which bundles are looked for; an AssetArchive may name many files. */
const MAXIMUM_PATHS = 10;

export interface LocalStoreOptions {
  /** Folders with bundles by digest: `<algorithm>/<hex>/*.sigstore.json`. */
  readonly folders: readonly string[];
  /** Whether to look beside the artifact: `NAME.sigstore.json`, `NAME.*.sigstore.json`, and `.jsonl`. */
  readonly beside: boolean;
  /** Bundles that were named one by one. */
  readonly files?: readonly string[];
}

/** Bundles on this machine's disk: beside the artifact, and in folders by digest. */
export function createLocalStore(options: LocalStoreOptions): BundleStore {
  const lister = new FolderLister();
  return { find: async (wanted) => find(wanted, options, lister) };
}

function find(wanted: Wanted, options: LocalStoreOptions, lister: FolderLister): Found {
  const candidates: Candidate[] = [];
  const searched: string[] = [];
  const seen = new Set<string>();
  const add = (more: readonly Candidate[]): void => {
    for (const candidate of more) {
      // The same bundle lies under each of its digests, and beside the artifact as well.
      const key =
        "bytes" in candidate ? createHash("sha256").update(candidate.bytes).digest("hex") : candidate.where;
      if (!seen.has(key)) candidates.push(candidate);
      seen.add(key);
    }
  };
  const addFolder = (folder: string, place: string, prefix = ""): void => {
    searched.push(place);
    try {
      for (const name of lister.list(folder, prefix)) {
        if (candidates.length > MAXIMUM_BUNDLES) return;
        add(readBundleFile(join(folder, name)));
      }
    } catch (thrown) {
      const error = new FnsealError("bundles-unreadable", `cannot be listed: ${messageOf(thrown)}`, {
        cause: thrown,
      });
      add([{ where: folder, error }]);
    }
  };
  for (const file of options.files ?? []) {
    searched.push(file);
    add(readBundleFile(file));
  }
  if (options.beside) {
    for (const path of wanted.paths.slice(0, MAXIMUM_PATHS)) {
      const { folder, name } = besideOf(path);
      addFolder(folder, join(folder, `${name}.*sigstore.json`), `${name}.`);
    }
  }
  for (const folder of options.folders) {
    for (const place of digestFolders(wanted.digests)) {
      addFolder(join(folder, place), join(folder, place));
    }
  }
  return { candidates: bounded(candidates), searched };
}

/** More than anyone needs is somebody's attempt to make checking expensive. */
function bounded(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length <= MAXIMUM_BUNDLES) return candidates;
  const error = new FnsealError(
    "bundle-too-many",
    `more than ${MAXIMUM_BUNDLES} bundles; the rest is not read`,
  );
  return [...candidates.slice(0, MAXIMUM_BUNDLES), { where: "the stores", error }];
}

/** The folder and the name by which bundles lie beside an artifact. */
export function besideOf(path: string): { readonly folder: string; readonly name: string } {
  const absolute = resolve(path);
  return { folder: dirname(absolute), name: basename(absolute) };
}

/** The folders of a store, relative to it, that hold the bundles of an artifact: `<algorithm>/<hex>`. */
export function digestFolders(digests: DigestSet): string[] {
  return DIGEST_ALGORITHMS.flatMap((algorithm) => {
    const value = digests[algorithm];
    return value === undefined ? [] : [join(algorithm, value)];
  });
}
