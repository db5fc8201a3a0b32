import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync, constants } from "node:fs";
import { MAXIMUM_BUNDLE_BYTES } from "../bundle/limits.ts";
import { FnsealError, messageOf, systemCode } from "../errors.ts";
import type { Candidate } from "./types.ts";

/** A file of several bundles, one a line, in bytes. */
const MAXIMUM_LINES_BYTES = 20 << 20;

/** Bundles that are read for one artifact. Each costs a signature check for each key. */
export const MAXIMUM_BUNDLES = 200;

const ENDING = /\.sigstore\.jsonl?$/;

/** Whether a file's name says that it holds bundles. */
export function isBundleName(name: string): boolean {
  return ENDING.test(name);
}

/** What a bundle of this name may lie beside: `f.zip.sigstore.json` beside `f.zip`, `f.zip.ci.sigstore.json` also beside `f.zip`. */
export function namesBeside(bundle: string): string[] {
  const name = bundle.replace(ENDING, "");
  const end = name.lastIndexOf(".");
  return end > 0 ? [name, name.slice(0, end)] : [name];
}

/** Reads the bundles of one file. Too large is found out without reading it, and nothing is waited for. */
export function readBundleFile(path: string): Candidate[] {
  const isLines = path.endsWith(".jsonl");
  try {
    const bytes = readBounded(path, isLines ? MAXIMUM_LINES_BYTES : MAXIMUM_BUNDLE_BYTES);
    return isLines ? splitLines(path, bytes) : [{ where: path, bytes }];
  } catch (thrown) {
    if (thrown instanceof FnsealError) return [{ where: path, error: thrown }];
    const code = isLines ? "bundles-unreadable" : "bundle-unreadable";
    const error = new FnsealError(code, `cannot be read: ${messageOf(thrown)}`, { cause: thrown });
    return [{ where: path, error }];
  }
}

function readBounded(path: string, limit: number): Buffer {
  // Not to hang where someone left a FIFO under a bundle's name.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error("it is not a regular file");
    if (stat.size > limit) {
      throw new FnsealError("bundle-too-large", `has ${stat.size} bytes; at most ${limit} are read`);
    }
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function splitLines(path: string, bytes: Buffer): Candidate[] {
  const candidates: Candidate[] = [];
  let start = 0;
  for (let line = 1; start < bytes.length && candidates.length <= MAXIMUM_BUNDLES; line++) {
    const end = bytes.indexOf(0x0a, start);
    const text = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (text.toString("latin1").trim() !== "") candidates.push({ where: `${path}:${line}`, bytes: text });
    start = end < 0 ? bytes.length : end + 1;
  }
  if (start < bytes.length) {
    const error = new FnsealError(
      "bundle-too-many",
      `holds more than ${MAXIMUM_BUNDLES} bundles; the rest is not read`,
    );
    candidates.push({ where: path, error });
  }
  return candidates;
}

/**
 * Lists folders, remembering what does not change: a thousand artifacts in one folder would otherwise list it a
 * thousand times.
 */
export class FolderLister {
  readonly #known = new Map<string, { readonly modified: number; readonly names: readonly string[] }>();

  /** Names of bundle files in a folder that begin so, sorted; none where there is no such folder. */
  list(folder: string, prefix: string): readonly string[] {
    const names = this.#namesIn(folder);
    const first = firstNotBelow(names, prefix);
    let end = first;
    while (names[end]?.startsWith(prefix) === true) end += 1;
    return names.slice(first, end);
  }

  #namesIn(folder: string): readonly string[] {
    let modified: number;
    try {
      modified = statSync(folder).mtimeMs;
    } catch (thrown) {
      if (isAbsent(thrown)) return [];
      throw thrown;
    }
    const known = this.#known.get(folder);
    if (known?.modified === modified) return known.names;
    const names = readdirSync(folder).filter(isBundleName).sort();
    // A folder that changed just now may change again within its clock's grain.
    if (Date.now() - modified > 2000) this.#known.set(folder, { modified, names });
    return names;
  }
}

/** Where a text is, or would be, among sorted ones: a thousand artifacts would otherwise look at a thousand names each. */
function firstNotBelow(sorted: readonly string[], text: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? "") < text) from = middle + 1;
    else to = middle;
  }
  return from;
}

function isAbsent(thrown: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(systemCode(thrown) ?? "");
}
