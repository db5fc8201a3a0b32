import { type Dirent, lstatSync, opendirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, posix, relative, isAbsolute, sep } from "node:path";
import { FnsealError } from "../errors.ts";
import { compareBytes } from "./order.ts";
import { unreadable, type Refusals } from "./refuse.ts";
import type { Run } from "./run.ts";
import { quote } from "./text.ts";

/** Pulumi's own folder of bookkeeping, which it never deploys (`BookkeepingDir`). */
const BOOKKEEPING = ".pulumi";

/** A file of a directory that Pulumi would deploy. */
export interface DirectoryFile {
  /** Relative to the directory, `/` between the parts. */
  readonly name: string;
  /** Where to read it. What a symlink led to when the directory was walked. */
  readonly path: string;
}

/**
 * The files that Pulumi's engine deploys of a directory, in its order: that of Go's filepath.Walk, which
 * sorts each folder's names by bytes. As the engine does: `.pulumi` is skipped, symlinks to files are
 * followed, symlinks to folders are skipped, so a root that is itself a symlink holds nothing.
 *
 * Symlinks that leave the directory, pipes, sockets, devices and names that are not UTF-8 go to `refusals`.
 * @throws FnsealError `artifact-not-found`, `artifact-unreadable`, `artifact-unsupported` where the path is
 * no directory, `artifact-too-many-files`.
 */
export async function walkDirectory(root: string, run: Run, refusals: Refusals): Promise<DirectoryFile[]> {
  const walk = new Walk(root, run, refusals, AS_PULUMI_DOES);
  if (!walk.rootIsEmpty()) await walk.folder("");
  return walk.found;
}

/** Which files of a directory a walk finds. Names are relative to the directory, `/` between the parts. */
export interface WalkRules {
  readonly takesFile: (name: string) => boolean;
  /** Whether anything in a folder may be taken. */
  readonly looksInto: (name: string) => boolean;
  /** Symlinks to folders that would be looked into. */
  readonly folderLinks: "skip" | "refuse";
}

const AS_PULUMI_DOES: WalkRules = {
  takesFile: (name) => posix.basename(name) !== BOOKKEEPING,
  looksInto: (name) => posix.basename(name) !== BOOKKEEPING,
  folderLinks: "skip",
};

/**
 * {@link walkDirectory} by other rules. The root is what a symlink leads to.
 * @throws FnsealError as {@link walkDirectory} does.
 */
export async function walkBy(
  rules: WalkRules,
  root: string,
  run: Run,
  refusals: Refusals,
): Promise<DirectoryFile[]> {
  let real: string;
  try {
    real = realpathSync(root);
  } catch (thrown) {
    throw unreadable(root, thrown);
  }
  const walk = new Walk(real, run, refusals, rules);
  walk.rootIsEmpty();
  await walk.folder("");
  return walk.found;
}

class Walk {
  readonly found: DirectoryFile[] = [];
  readonly #root: string;
  readonly #run: Run;
  readonly #refusals: Refusals;
  readonly #rules: WalkRules;
  #realRoot = "";
  #entries = 0;

  constructor(root: string, run: Run, refusals: Refusals, rules: WalkRules) {
    this.#rules = rules;
    this.#root = root;
    this.#run = run;
    this.#refusals = refusals;
  }

  rootIsEmpty(): boolean {
    try {
      if (!statSync(this.#root).isDirectory()) {
        throw new FnsealError(
          "artifact-unsupported",
          `${quote(this.#root)} is neither a folder nor an archive`,
        );
      }
      this.#realRoot = realpathSync(this.#root);
      return lstatSync(this.#root).isSymbolicLink() || basename(this.#root) === BOOKKEEPING;
    } catch (thrown) {
      throw unreadable(this.#root, thrown);
    }
  }

  async folder(folder: string): Promise<void> {
    for (const entry of this.#list(folder)) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (this.#rules.looksInto(name)) await this.folder(name);
      } else this.#file(name, entry);
      await this.#run.pause();
    }
  }

  #file(name: string, entry: Dirent): void {
    const path = join(this.#root, name);
    if (entry.isSymbolicLink()) {
      if (this.#rules.takesFile(name) || this.#rules.looksInto(name)) this.#symlink(name, path);
    } else if (!this.#rules.takesFile(name)) return;
    else if (entry.isFile()) this.found.push({ name, path });
    else this.#refusals.add("artifact-special-file", `${quote(name)} is a pipe, a socket or a device`);
  }

  #symlink(name: string, path: string): void {
    let real: string;
    try {
      const target = statSync(path);
      if (target.isDirectory()) {
        this.#folderLink(name);
        return;
      }
      if (!this.#rules.takesFile(name)) return;
      if (!target.isFile()) {
        this.#refusals.add("artifact-special-file", `${quote(name)} leads to a pipe, a socket or a device`);
        return;
      }
      real = realpathSync(path);
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
    const inside = relative(this.#realRoot, real);
    if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      this.#refusals.add(
        "artifact-symlink-outside",
        `${quote(name)} is a symlink to ${quote(real)}, outside the folder`,
      );
      return;
    }
    this.found.push({ name, path: real });
  }

  #folderLink(name: string): void {
    if (this.#rules.folderLinks === "skip" || !this.#rules.looksInto(name)) return;
    this.#refusals.add("artifact-symlink-folder", `${quote(name)} is a symlink to a folder`);
  }

  #list(folder: string): Dirent[] {
    const path = join(this.#root, folder);
    const entries: Dirent[] = [];
    try {
      // Entry by entry, so that a folder of ten million names is left at the limit.
      const directory = opendirSync(path, { bufferSize: 256 });
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          this.#entries += 1;
          if (this.#entries > this.#run.limits.entries) throw this.#tooMany();
          entries.push(entry);
        }
      } finally {
        directory.closeSync();
      }
      const bad = entries.some((entry) => entry.name.includes("\ufffd"))
        ? this.#refuseBadNames(folder, path)
        : undefined;
      return entries
        .filter((entry) => bad?.has(entry.name) !== true)
        .sort((a, b) => compareBytes(a.name, b.name));
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  }

  /** Node decodes bytes that are not UTF-8 to U+FFFD, which is also a character that a name may have. */
  #refuseBadNames(folder: string, path: string): ReadonlySet<string> {
    const bad = new Set<string>();
    for (const name of readdirSync(path, { encoding: "buffer" })) {
      const decoded = name.toString();
      if (Buffer.from(decoded).equals(name)) continue;
      bad.add(decoded);
      this.#refusals.add("artifact-name-encoding", `${quote(join(folder, decoded))} is not valid UTF-8`);
    }
    return bad;
  }

  #tooMany(): FnsealError {
    const { entries } = this.#run.limits;
    return new FnsealError(
      "artifact-too-many-files",
      `${quote(this.#root)} has more than ${entries} files and folders`,
    );
  }
}
