import { type Dirent, opendirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type BundleStore, isBundleName, type Judge, namesBeside } from "@fnseal/core";
import type { KnownFiles } from "./knownFiles.ts";

/** What is read ahead in one run, and looked through for it: what no resource names was read in vain. */
const MOST_FILES = 2_000;
const MOST_BYTES = 256 << 20;
const MOST_ENTRIES = 20_000;

/** What is installed or kept there is not signed file by file, and often the largest part of a project. */
const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "venv"]);

/** What reading ahead fills: what a verdict then finds there. */
export interface Ahead {
  readonly files: Pick<KnownFiles, "digest">;
  readonly store: BundleStore;
  readonly judge: Pick<Judge, "prepare">;
}

/**
 * Reads what the program will probably name. The engine judges one resource after the other and waits for each verdict,
 * but the first thing that it shows is the stack itself, and then the program needs a while for the next: time in which
 * the pack would only wait. The files in the project that have a bundle beside them are read then, and their signatures
 * verified. Nothing is decided by it, and what cannot be read is left for when a resource names it.
 */
export class ReadAhead {
  readonly #ahead: Ahead;
  readonly #folders: string[];
  readonly #files: string[] = [];
  #filesLeft = MOST_FILES;
  #bytesLeft = MOST_BYTES;
  #entriesLeft = MOST_ENTRIES;

  /** @param folders where to look, with the folders in them */
  constructor(folders: readonly string[], ahead: Ahead) {
    this.#folders = [...folders];
    this.#ahead = ahead;
  }

  /** Reads all, a turn of the event loop for each: what the engine asks meanwhile comes first. Never throws. */
  async run(): Promise<void> {
    for (;;) {
      await setImmediate();
      const file = this.#files.shift();
      const folder = file === undefined ? this.#folders.shift() : undefined;
      if (file !== undefined) await this.#read(file);
      else if (folder !== undefined) this.#list(folder);
      else return;
    }
  }

  async #read(path: string): Promise<void> {
    const { files, store, judge } = this.#ahead;
    try {
      const { size } = statSync(path);
      if (size > this.#bytesLeft) return;
      this.#bytesLeft -= size;
      const artifact = await files.digest(path);
      await judge.prepare({
        artifact,
        found: await store.find({ paths: [path], digests: artifact.digests }),
      });
    } catch {
      // Whether it matters shows when a resource names the file.
    }
  }

  #list(folder: string): void {
    const entries = readFolder(folder, this.#entriesLeft);
    this.#entriesLeft -= entries.length;
    const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
    const signed = [...files].filter(isBundleName).flatMap(namesBeside);
    const found = [...new Set(signed)].filter((name) => files.has(name)).slice(0, this.#filesLeft);
    this.#filesLeft -= found.length;
    this.#files.push(...found.map((name) => join(folder, name)));
    const inside = entries.filter((entry) => entry.isDirectory() && isLookedInto(entry.name));
    this.#folders.push(...inside.map(({ name }) => join(folder, name)));
  }
}

/** The entries of a folder; none of one that has more than `most`, or cannot be read. */
function readFolder(folder: string, most: number): Dirent[] {
  const entries: Dirent[] = [];
  try {
    // Entry by entry: a folder of a million files is left at the limit.
    const directory = opendirSync(folder, { bufferSize: 256 });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (entries.length === most) return [];
        entries.push(entry);
      }
    } finally {
      directory.closeSync();
    }
    return entries;
  } catch {
    return [];
  }
}

function isLookedInto(name: string): boolean {
  return !name.startsWith(".") && !PASSED_OVER.has(name);
}
