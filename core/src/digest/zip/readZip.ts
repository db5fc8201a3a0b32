import type { Place } from "../place.ts";
import { quote } from "../text.ts";
import { readContent, type Span } from "./content.ts";
import { readDirectory, type ZipEntry } from "./directory.ts";
import { readEnd } from "./end.ts";
import { refuse, type ZipBytes } from "./fields.ts";

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
  const entries = await readDirectory(directory, end, run, refusals);
  const inFile = spans(entries, end.start);
  if (refusals.all.length > before) return;
  for (const span of order === "file" ? inFile : inOrderOf(entries, inFile)) {
    await readContent(bytes, span, { ...place, name: place.rename(span.entry.name) });
    await run.pause();
  }
}

/** Each entry with its end, from front to back. The first must start the file. */
function spans(entries: readonly ZipEntry[], directory: number): Span[] {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  const first = sorted[0]?.offset ?? directory;
  if (first !== 0) refuse("zip-prefixed", `${first} bytes are before the zip's first entry`);
  return sorted.map((entry, i) => {
    const end = sorted[i + 1]?.offset ?? directory;
    if (end <= entry.offset) refuse("zip-overlap", `${quote(entry.name)} starts where another entry is`);
    return { entry, end };
  });
}

function inOrderOf(entries: readonly ZipEntry[], inFile: readonly Span[]): Span[] {
  const found = new Map(inFile.map((span) => [span.entry, span]));
  return entries.flatMap((entry) => found.get(entry) ?? []);
}
