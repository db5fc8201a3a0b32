import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { FnsealError, systemCode } from "@fnseal/core/errors";
import { reasonOf } from "./errors.ts";
import { printableLine } from "./output.ts";

/** Larger files are none of those that are read as text. In bytes. */
const LARGEST_TEXT = 1 << 20;

/**
 * Reads a text file that a person named.
 *
 * @param what what it should be, for the message
 * @param largest bytes
 * @throws FnsealError `file-unreadable`
 */
export function readTextFile(path: string, what: string, largest = LARGEST_TEXT): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new Error("not a file");
    if (stat.size > largest) throw new Error(`larger than ${largest} bytes`);
    return readFileSync(path, "utf8");
  } catch (cause) {
    const message = `cannot read ${what} ${printableLine(path)}: ${reasonOf(cause)}`;
    throw new FnsealError("file-unreadable", message, { cause });
  }
}

/** Whether something has a name, be it a link that leads nowhere. What cannot be looked at may be there. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    return systemCode(thrown) !== "ENOTDIR";
  }
}

/** What is at a path; `undefined` also where it cannot be found out. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
  /** Whether a file that is there already may be replaced. */
  readonly replace: boolean;
  /** Whether it may be lost with the machine's power: what a second run writes again. Waiting for the disk takes longest. */
  readonly isRepeatable?: boolean;
}

/**
 * Writes files that belong together: each is whole under its name or not there, and where one cannot be written
 * those before it are taken away again (replaced ones stay replaced).
 *
 * @throws FnsealError `file-exists`, `file-unwritable`
 */
export function writeFiles(files: readonly FileToWrite[]): void {
  const written: string[] = [];
  const temporary: string[] = [];
  let current = "";
  try {
    // The content of all first: a full disk shows before anything has its name.
    for (const [index, file] of files.entries()) {
      current = file.path;
      temporary[index] = join(
        dirname(file.path),
        `.${basename(file.path)}.${randomBytes(6).toString("hex")}.tmp`,
      );
      writeTemporary(temporary[index], file);
    }
    for (const [index, file] of files.entries()) {
      current = file.path;
      const isNew = !exists(file.path);
      putInPlace(temporary[index] ?? "", file);
      if (isNew) written.push(file.path);
    }
  } catch (thrown) {
    for (const path of written) remove(path);
    throw writeError(current, thrown);
  } finally {
    for (const path of temporary) remove(path);
  }
}

/** Takes a file away if it is there. What it is called in answer to matters more than its own failure. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Below a file, say, there was nothing to remove.
  }
}

function writeTemporary(path: string, { content, mode = 0o666, isRepeatable = false }: FileToWrite): void {
  const file = openSync(path, "wx", mode);
  try {
    writeFileSync(file, content);
    if (!isRepeatable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function putInPlace(temporary: string, { path, content, mode = 0o666, replace }: FileToWrite): void {
  if (replace) {
    renameSync(temporary, path);
    return;
  }
  try {
    // A link, unlike a rename, fails where something has the name.
    linkSync(temporary, path);
  } catch (thrown) {
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(systemCode(thrown) ?? "")) throw thrown;
    // A file system without links.
    writeFileSync(path, content, { flag: "wx", mode });
  }
}

function writeError(path: string, cause: unknown): FnsealError {
  const name = printableLine(path);
  if (systemCode(cause) === "EEXIST")
    return new FnsealError("file-exists", `${name} exists already`, { cause });
  return new FnsealError("file-unwritable", `cannot write ${name}: ${reasonOf(cause)}`, { cause });
}
