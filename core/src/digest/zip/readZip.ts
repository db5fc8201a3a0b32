import type { Place } from "../place.ts";
import { readContent } from "./content.ts";
import { type DirectoryIndex, readDirectory, readEntry } from "./directory.ts";
import { readEnd } from "./end.ts";
import { refuse, type ZipBytes } from "./fields.ts";
import { Inflater } from "./inflate.ts";

export interface ReadOrder {
  /** `file`: from front to back. `directory`: as Go lists them, and so Pulumi. */
  readonly order: "file" | "directory";
  /** Gets the directory's bytes as soon as they are read. */
  readonly onDirectory?: (bytes: Buffer, start: number) => void;
}

/**
 * Reads a zip and gives its files to the set. What any two unzip programs could read differently is
 * refused: every byte of the file has to belong to exactly one entry, to the directory or to the end.
 *
 * Names that are wrong are added to the refusals; then no content is read. Everything else that is wrong is
 * thrown with a code that means `rejected`.
 */
export async function readZip(
  bytes: ZipBytes,
  place: Place,
  { order, onDirectory }: ReadOrder,
): Promise<void> {
  const { run, refusals } = place;
  const end = readEnd(bytes);
  if (end.entries > run.limits.entries) {
    refuse("zip-too-many-entries", `the zip says it has ${end.entries} entries`);
  }
  if (end.end - end.start > run.limits.directoryBytes) {
    refuse("zip-too-many-entries", `the zip's directory has ${end.end - end.start} bytes`);
  }
  const directory = Buffer.allocUnsafe(end.end - end.start);
  bytes.read(directory, end.start);
  onDirectory?.(directory, end.start);
  const before = refusals.all.length;
  const index = await readDirectory(directory, end, run, refusals);
  const { order: byOffset, ends } = layOut(index, end.start);
  if (refusals.all.length > before) return;
  const inflater = new Inflater();
  try {
    for (const number of order === "file" ? byOffset : index.positions.keys()) {
      const { entry } = readEntry(directory, index.positions[number] ?? 0);
      const target = { set: place.set, run, inflater, name: place.rename(entry.name) };
      await readContent(bytes, { entry, end: ends[number] ?? 0 }, target);
      await run.pause();
    }
  } finally {
    inflater.close();
  }
}

/**
 * The entries' numbers from front to back, and where each one's bytes end: at the next entry or at the
 * directory. The first has to start the file.
 */
function layOut({ offsets }: DirectoryIndex, directory: number): { order: number[]; ends: number[] } {
  const at = (number: number | undefined) =>
    (number === undefined ? undefined : offsets[number]) ?? directory;
  const order = [...offsets.keys()].sort((a, b) => at(a) - at(b));
  if (at(order[0]) !== 0) refuse("zip-prefixed", `${at(order[0])} bytes are before the zip's first entry`);
  const ends: number[] = new Array<number>(order.length).fill(0);
  for (const [i, number] of order.entries()) {
    const end = at(order[i + 1]);
    if (end <= at(number)) refuse("zip-overlap", `two entries start at byte ${end}, or one in the directory`);
    ends[number] = end;
  }
  return { order, ends };
}
