import { crc32 } from "node:zlib";
import type { FileSet } from "../fileSet.ts";
import type { Run } from "../run.ts";
import { quote } from "../text.ts";
import type { ZipEntry } from "./directory.ts";
import { DEFLATED, FLAG, refuse, type ZipBytes } from "./fields.ts";
import type { Inflater } from "./inflate.ts";
import { assertDescriptor, readLocalHeader } from "./local.ts";
import { SpanReader } from "./spanReader.ts";

/** A data descriptor with its signature and 8-byte sizes. */
const LARGEST_DESCRIPTOR = 24;

/** An entry and where its bytes end: at the next entry, or at the directory. */
export interface Span {
  readonly entry: ZipEntry;
  readonly end: number;
}

export interface Target {
  readonly set: FileSet;
  readonly run: Run;
  readonly inflater: Inflater;
  /** The name that is deployed. */
  readonly name: string;
}

/**
 * Reads one entry, which has to fill its span exactly, and gives its content to the set.
 * Throws `zip-gap`, `zip-overlap`, `zip-size`, `zip-crc`, and as the parts it calls do.
 */
export async function readContent(bytes: ZipBytes, span: Span, target: Target): Promise<void> {
  const { entry } = span;
  const reader = new SpanReader(bytes, entry.offset, span.end, target.run.scratch);
  const header = readLocalHeader(reader.first, entry);
  reader.skip(header.length);
  if (entry.method !== DEFLATED && entry.packed !== entry.size) {
    refuse("zip-size", `${quote(entry.name)} is stored, but its two sizes differ`);
  }
  const behind = reader.left - entry.packed;
  const described = (entry.flags & FLAG.descriptor) !== 0;
  if (behind < 0) refuse("zip-overlap", `${quote(entry.name)} runs into what follows it`);
  if (behind > (described ? LARGEST_DESCRIPTOR : 0)) {
    refuse("zip-gap", `${behind} bytes that belong to no entry follow on ${quote(entry.name)}`);
  }
  const crc = await readData(reader, entry, target);
  if (crc !== entry.crc) refuse("zip-crc", `the content of ${quote(entry.name)} doesn't match its checksum`);
  if (described) assertDescriptor(reader.take(behind), entry, header);
}

async function readData(reader: SpanReader, entry: ZipEntry, target: Target): Promise<number> {
  const { set, run, name, inflater } = target;
  if (entry.folder) set.addFolder(name);
  const sink = entry.folder ? undefined : set.start(name, entry.size);
  let crc = 0;
  const take = (chunk: Buffer) => {
    crc = crc32(chunk, crc);
    sink?.update(chunk);
    run.count(chunk.length);
  };
  let left = entry.packed;
  const next = () => {
    if (left === 0) return undefined;
    const piece = reader.some(left);
    left -= piece.length;
    return piece;
  };
  if (entry.method === DEFLATED) {
    const deflated = { name: entry.name, size: entry.size, take };
    if (reader.whole) await inflater.whole(reader.take(entry.packed), deflated);
    else await inflater.pieces(next, deflated);
  } else {
    for (let piece = next(); piece !== undefined; piece = next()) {
      take(piece);
      await run.pause();
    }
  }
  sink?.end();
  return crc;
}
