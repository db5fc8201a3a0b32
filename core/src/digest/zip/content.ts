import { crc32 } from "node:zlib";
import type { ContentSink, FileSet } from "../fileSet.ts";
import type { Run } from "../run.ts";
import { quote } from "../text.ts";
import type { ZipEntry } from "./directory.ts";
import { DEFLATED, FLAG, refuse, type ZipBytes } from "./fields.ts";
import { inflateLarge, inflateSmall } from "./inflate.ts";
import { assertDescriptor, LARGEST_HEADER, readLocalHeader } from "./local.ts";

/** Entries that lie and unpack within this are read and inflated in one go. */
const SMALL = 256 * 1024;

/** An entry and the bytes that are its own: up to the next entry, or to the directory. */
export interface Span {
  readonly entry: ZipEntry;
  readonly end: number;
}

export interface Target {
  readonly set: FileSet;
  readonly run: Run;
  /** The name that is deployed. */
  readonly name: string;
}

/**
 * Reads one entry, which must fill its span exactly, and gives its content to the set.
 * Throws `zip-gap`, `zip-overlap`, `zip-size`, `zip-crc`, and as the parts it calls do.
 */
export async function readContent(bytes: ZipBytes, span: Span, target: Target): Promise<void> {
  const { entry } = span;
  const length = span.end - entry.offset;
  if (entry.method !== DEFLATED && entry.packed !== entry.size) {
    refuse("zip-size", `${quote(entry.name)} is stored, but its two sizes differ`);
  }
  const first = Buffer.from(target.run.scratch.buffer, 0, Math.min(length, SMALL));
  bytes.read(first, entry.offset);
  const header = readLocalHeader(first, entry);
  const behind = length - header.length - entry.packed;
  const described = (entry.flags & FLAG.descriptor) !== 0;
  if (behind < 0) refuse("zip-overlap", `${quote(entry.name)} runs into what follows it`);
  if (behind > (described ? 24 : 0)) refuse("zip-gap", `${behind} bytes follow on ${quote(entry.name)}`);

  if (length <= SMALL && entry.size <= SMALL) {
    const packed = first.subarray(header.length, header.length + entry.packed);
    const content = entry.method === DEFLATED ? inflateSmall(packed, entry) : packed;
    assertChecksum(entry, crc32(content));
    if (described) assertDescriptor(first.subarray(header.length + entry.packed), entry, header);
    deliver(content, entry, target);
    return;
  }
  await readLarge(bytes, span, first.subarray(header.length), target);
  if (described) {
    const descriptor = Buffer.allocUnsafe(behind);
    bytes.read(descriptor, span.end - behind);
    assertDescriptor(descriptor, entry, header);
  }
}
