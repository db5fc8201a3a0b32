import { printable, printableLine } from "@fnseal/core";

/** Of an URL only the place: what stands behind the question mark of a presigned one opens what it names. */
function withoutQueries(text: string): string {
  return text.replace(/(\bhttps?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, "$1?...");
}

/** Cuts at a length, and says so. @param length in UTF-16 code units, as zod counts */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Never half a character: JSON would carry it as an escape that some readers refuse.
  return `${text.slice(0, length - 3).replace(/[\ud800-\udbff]$/, "")}...`;
}

/** One line for a finding: what somebody else wrote cannot begin a line of its own, and no secret URL stays in it. */
export function line(text: string, length = 500): string {
  return cut(printableLine(withoutQueries(text)), length);
}

/** Several lines of ours. */
export function lines(text: string, length = 2000): string {
  return cut(printable(withoutQueries(text)), length);
}

/** For places that take ASCII only. */
export function ascii(text: string): string {
  return text.replace(/[^\u0020-\u007e]/gu, "?");
}
