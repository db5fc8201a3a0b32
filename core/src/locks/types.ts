import { posix } from "node:path";
import { FnsealError } from "../errors.ts";
import { quote } from "../digest/text.ts";

/** The covered files of a program; names are relative to its folder, `/` between the parts. */
export interface CoveredFiles {
  has(name: string): boolean;
  names(): Iterable<string>;
  /** The text as it was digested. */
  read(name: string): string;
}

/** A lock file that says of each of its packages, by a hash, what it is. */
export interface Lock {
  readonly name: string;
  readonly packages: number;
}

export function incomplete(lock: string, what: string): FnsealError {
  return new FnsealError("lock-incomplete", `${quote(lock)}: ${what}`);
}

export function unreadableLock(lock: string, what: string, cause?: unknown): FnsealError {
  return new FnsealError("lock-unreadable", `${quote(lock)} ${what}`, { cause });
}

/** Whether a relative path in a file of `folder` stays within the program's folder. */
export function isInside(folder: string, path: string): boolean {
  if (posix.isAbsolute(path) || /^[A-Za-z]:|\\/.test(path)) return false;
  const joined = posix.join(folder, path);
  return joined !== ".." && !joined.startsWith("../");
}

/** A hash that still proves something, as npm and its like write it. */
const STRONG_INTEGRITY = /(?:^|\s)sha(?:256|384|512)-[A-Za-z0-9+/]{40,}={0,2}/;

export function isStrong(integrity: unknown): integrity is string {
  return typeof integrity === "string" && STRONG_INTEGRITY.test(integrity);
}

/** A git source that names one commit. */
export function isCommit(source: unknown): boolean {
  return typeof source === "string" && /(?:^git|\.git|codeload\.|git@).*[#/=][0-9a-f]{40}$/.test(source);
}

export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as unknown;
  } catch (cause) {
    throw unreadableLock(name, "is not JSON", cause);
  }
}
