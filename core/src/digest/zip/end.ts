import { END_RECORD, IN_ZIP64_16, IN_ZIP64_32, LOCAL_HEADER, refuse, type ZipBytes } from "./fields.ts";
import { readZip64End, ZIP64_TAIL } from "./zip64End.ts";

const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const SIGNATURE = Buffer.from("PK\x05\x06", "latin1");

/** Where a zip's central directory is, by its end records: APPNOTE 4.3.14 to 4.3.16. */
export interface ZipEnd {
  readonly entries: number;
  /** The directory's first byte, and the byte behind its last. */
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the one end that every program finds: the last signature in the file, its comment reaching to the
 * file's last byte, no other signature from which the same could be said.
 * Throws `zip-not-a-zip`, `zip-truncated`, `zip-trailing-data`, `zip-ambiguous-end`, `zip-multi-disk`,
 * `zip-zip64-mismatch`, `zip-prefixed`, `zip-directory-broken`.
 */
export function readEnd(bytes: ZipBytes): ZipEnd {
  const length = Math.min(bytes.size, END_SIZE + LONGEST_COMMENT + ZIP64_TAIL);
  const tail = Buffer.allocUnsafe(length);
  bytes.read(tail, bytes.size - length);
  const at = findEnd(tail, bytes);
  const position = bytes.size - length + at;
  const record = tail.subarray(at, at + END_SIZE);
  const zip64 = readZip64End(tail.subarray(0, at), position);

  const plain = {
    disk: record.readUInt16LE(4),
    directoryDisk: record.readUInt16LE(6),
    entriesHere: record.readUInt16LE(8),
    entries: record.readUInt16LE(10),
    size: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
  };
  if (zip64 !== undefined) {
    for (const key of ["disk", "directoryDisk", "entriesHere", "entries", "size", "offset"] as const) {
      const deferred = plain[key] === (key === "size" || key === "offset" ? IN_ZIP64_32 : IN_ZIP64_16);
      if (!deferred && plain[key] !== zip64[key]) {
        refuse("zip-zip64-mismatch", `the two end records give ${plain[key]} and ${zip64[key]} as ${key}`);
      }
    }
  }
  const { disk, directoryDisk, entriesHere, entries, size, offset } = zip64 ?? plain;
  if (disk !== 0 || directoryDisk !== 0) {
    refuse("zip-multi-disk", `the zip's end names the disks ${disk} and ${directoryDisk}`);
  }
  if (entriesHere !== entries)
    refuse("zip-multi-disk", `${entriesHere} of ${entries} entries are on this disk`);
  const end = zip64?.position ?? position;
  const start = end - size;
  if (start < 0) refuse("zip-directory-broken", "the zip's directory is larger than the zip");
  if (start > offset) {
    refuse("zip-prefixed", `the zip's directory is ${start - offset} bytes behind where its end says`);
  }
  if (start < offset) refuse("zip-directory-broken", "the zip's directory is not where its end says");
  return { entries, start, end };
}

function findEnd(tail: Buffer, bytes: ZipBytes): number {
  const reaching: number[] = [];
  let last = -1;
  for (let at = tail.indexOf(SIGNATURE); at >= 0; at = tail.indexOf(SIGNATURE, at + 1)) {
    last = at;
    if (endOf(tail, at) === tail.length) reaching.push(at);
  }
  if (last < 0) {
    if (startsAsZip(bytes))
      refuse("zip-truncated", "the zip has no end record: it is cut off or much follows it");
    refuse("zip-not-a-zip", "the file has no end record of a zip");
  }
  const only = reaching[0];
  if (only === undefined) {
    const end = endOf(tail, last);
    if (end === undefined || end > tail.length) refuse("zip-truncated", "the zip's end record is cut off");
    refuse("zip-trailing-data", `${tail.length - end} bytes follow on the zip's end`);
  }
  if (reaching.length > 1 || only !== last) {
    refuse("zip-ambiguous-end", "the signature of an end record is in the zip's comment");
  }
  return only;
}

function endOf(tail: Buffer, at: number): number | undefined {
  return at + END_SIZE > tail.length ? undefined : at + END_SIZE + tail.readUInt16LE(at + 20);
}

function startsAsZip(bytes: ZipBytes): boolean {
  if (bytes.size < 4) return false;
  const first = Buffer.allocUnsafe(4);
  bytes.read(first, 0);
  const signature = first.readUInt32LE(0);
  return signature === LOCAL_HEADER || signature === END_RECORD;
}
