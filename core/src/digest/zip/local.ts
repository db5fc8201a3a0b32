import { quote } from "../text.ts";
import type { ZipEntry } from "./directory.ts";
import { readExtra } from "./extra.ts";
import { assertReadable } from "./features.ts";
import { DATA_DESCRIPTOR, FLAG, LOCAL_HEADER, refuse, u64 } from "./fields.ts";
import { resolveZip64 } from "./zip64Field.ts";

const HEADER_SIZE = 30;

export interface LocalHeader {
  /** Bytes from the header's start to the content. */
  readonly length: number;
  readonly zip64: boolean;
}

/**
 * Reads an entry's local header (APPNOTE 4.3.7) from the start of `bytes`, and holds it against the
 * directory's: programs that read from the front see only this one.
 * Throws `zip-header-broken`, `zip-header-mismatch`, and as {@link readExtra}, {@link resolveZip64} and
 * {@link assertReadable} do.
 */
export function readLocalHeader(bytes: Buffer, entry: ZipEntry): LocalHeader {
  if (bytes.length < HEADER_SIZE || bytes.readUInt32LE(0) !== LOCAL_HEADER) {
    refuse("zip-header-broken", `${quote(entry.name)} has no header at byte ${entry.offset}`);
  }
  const nameEnd = HEADER_SIZE + bytes.readUInt16LE(26);
  const length = nameEnd + bytes.readUInt16LE(28);
  if (length > bytes.length)
    refuse("zip-overlap", `the header of ${quote(entry.name)} runs into the next entry`);
  const nameBytes = bytes.subarray(HEADER_SIZE, nameEnd);
  const flags = bytes.readUInt16LE(6);
  const method = bytes.readUInt16LE(8);
  assertSame(entry, "name", nameBytes.equals(Buffer.from(entry.name)));
  assertSame(entry, "flags", flags === entry.flags);
  assertSame(entry, "method", method === entry.method);
  assertReadable({ name: entry.name, version: bytes.readUInt16LE(4), flags, method });

  const extra = readExtra(bytes.subarray(nameEnd, length), nameBytes, entry.name);
  const crc = bytes.readUInt32LE(14);
  const own = { packed: bytes.readUInt32LE(18), size: bytes.readUInt32LE(22) };
  const { packed, size } = resolveZip64(own, extra.zip64, entry.name);
  const later = (flags & FLAG.descriptor) !== 0;
  assertSame(entry, "checksum", crc === entry.crc || (later && crc === 0));
  assertSame(entry, "packed size", packed === entry.packed || (later && packed === 0));
  assertSame(entry, "size", size === entry.size || (later && size === 0));
  return { length, zip64: extra.zip64 !== undefined };
}

/**
 * Checks the data descriptor (APPNOTE 4.3.9) that fills `bytes`. Its signature is optional; its sizes have 8
 * bytes where the local header has a zip64 field, else 4.
 * Throws `zip-descriptor-mismatch`.
 */
export function assertDescriptor(bytes: Buffer, entry: ZipEntry, header: LocalHeader): void {
  const wide = header.zip64 ? 8 : 4;
  const signed = bytes.length === 8 + 2 * wide;
  if (!signed && bytes.length !== 4 + 2 * wide) {
    refuse("zip-descriptor-mismatch", `${bytes.length} bytes follow on the content of ${quote(entry.name)}`);
  }
  const fields = signed ? bytes.subarray(4) : bytes;
  const read = (at: number) => (wide === 8 ? u64(fields, at) : fields.readUInt32LE(at));
  const same =
    (!signed || bytes.readUInt32LE(0) === DATA_DESCRIPTOR) &&
    fields.readUInt32LE(0) === entry.crc &&
    read(4) === entry.packed &&
    read(4 + wide) === entry.size;
  if (!same) {
    refuse(
      "zip-descriptor-mismatch",
      `the data descriptor of ${quote(entry.name)} contradicts the directory`,
    );
  }
}

function assertSame(entry: ZipEntry, what: string, same: boolean): void {
  if (!same) refuse("zip-header-mismatch", `${quote(entry.name)} has another ${what} in its own header`);
}
