import { printableLine } from "../output.ts";

/** Wider cells are cut in the middle of nowhere: a name of 140 characters must not push the rest off the screen. */
const WIDEST = 64;

/**
 * Rows as aligned columns under a heading, two spaces apart; the last column is as long as it is.
 *
 * What stands in cells may come from anyone who names a function: it is made printable, on one line.
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const last = heading.length - 1;
  const cells = [heading, ...rows].map((row) =>
    heading.map((_, index) => cellOf(row[index] ?? "", index === last)),
  );
  const widths = heading.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, index) => (index === last ? cell : cell.padEnd(widths[index] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function cellOf(text: string, isLast: boolean): string {
  const line = printableLine(text);
  return isLast || line.length <= WIDEST ? line : `${line.slice(0, WIDEST - 1)}…`;
}

/** `1 function`, `2 functions`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
