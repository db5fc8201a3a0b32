import type { Code } from "../codes/index.ts";

/** Linux's PATH_MAX and NAME_MAX in bytes: what is longer cannot be unpacked, and programs cut it. */
const LONGEST_PATH = 4096;
const LONGEST_PART = 255;

export interface NameProblem {
  readonly code: Code;
  /** What is wrong, to follow "the name …". */
  readonly what: string;
}

const CHECKS: readonly (readonly [Code, string, (name: string) => boolean])[] = [
  ["artifact-name-empty", "is empty", (name) => name === ""],
  ["artifact-name-encoding", "is not valid Unicode", (name) => /\p{Surrogate}/u.test(name)],
  ["artifact-name-newline", "has a line break in it", (name) => /[\n\r\u0085\u2028\u2029]/.test(name)],
  [
    "artifact-name-control",
    "has a control character in it",
    (name) => /[\u0000-\u001f\u007f-\u009f]/.test(name),
  ],
  ["artifact-name-backslash", "has a backslash in it", (name) => name.includes("\\")],
  ["artifact-name-absolute", "starts with a slash", (name) => name.startsWith("/")],
  ["artifact-name-drive", "starts with a drive letter", (name) => /^[A-Za-z]:/.test(name)],
  ["artifact-name-parent", "has a `..` in it", (name) => /(?:^|\/)\.\.(?:\/|$)/.test(name)],
  ["artifact-name-not-normal", "has an empty or `.` part", (name) => /(?:^|\/)\.?(?:\/|$)/.test(name)],
  ["artifact-name-too-long", "is longer than Linux allows", isTooLong],
];

/**
 * The first reason why programs could disagree on where a file of this name goes, or none.
 * The name has to be the one that is deployed: relative, with `/` between its parts.
 */
export function nameProblem(name: string): NameProblem | undefined {
  for (const [code, what, applies] of CHECKS) {
    if (applies(name)) return { code, what };
  }
  return undefined;
}

function isTooLong(name: string): boolean {
  // No character takes more than 3 bytes a UTF-16 unit, so short names need no counting.
  if (name.length * 3 <= LONGEST_PART) return false;
  if (Buffer.byteLength(name) > LONGEST_PATH) return true;
  return name.split("/").some((part) => Buffer.byteLength(part) > LONGEST_PART);
}
