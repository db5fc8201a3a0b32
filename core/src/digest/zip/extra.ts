import { crc32 } from "node:zlib";
import { quote } from "../text.ts";
import { refuse } from "./fields.ts";

const ZIP64 = 0x0001;
const PKWARE_UNIX = 0x000d;
const UNICODE_PATH = 0x7075;
/** Info-ZIP's ASi Unix field, which holds a mode, and libarchive's, which replaces the attributes. */
const REPLACES_MODE: readonly number[] = [0x756e, 0x6c78];
/** PKWARE's Unix field without the variable part, which is a link's target: APPNOTE 4.5.7. */
const PKWARE_UNIX_PLAIN = 12;

/** What an entry's extra fields say that bears on what it unpacks to. */
export interface Extra {
  readonly zip64: Buffer | undefined;
}

/**
 * Reads the extra fields of one header: APPNOTE 4.5. Fields of times, owners and unknown ids are passed
 * over; a Unicode path has to say what the name says.
 * Throws `zip-extra-broken`, `zip-unicode-path`, `zip-link-field`, `zip-zip64-mismatch`.
 */
export function readExtra(extra: Buffer, nameBytes: Buffer, name: string): Extra {
  let zip64: Buffer | undefined;
  let at = 0;
  while (at < extra.length) {
    const start = at + 4;
    const end = start <= extra.length ? start + extra.readUInt16LE(at + 2) : Infinity;
    if (end > extra.length) refuse("zip-extra-broken", `the extra fields of ${quote(name)} are cut off`);
    const id = extra.readUInt16LE(at);
    const data = extra.subarray(start, end);
    if (id === ZIP64) {
      if (zip64 !== undefined) refuse("zip-zip64-mismatch", `${quote(name)} has two zip64 fields`);
      zip64 = data;
    } else if (id === UNICODE_PATH) {
      assertSamePath(data, nameBytes, name);
    } else if (REPLACES_MODE.includes(id) || (id === PKWARE_UNIX && data.length > PKWARE_UNIX_PLAIN)) {
      refuse("zip-link-field", `${quote(name)} has the extra field 0x${id.toString(16)}`);
    }
    at = end;
  }
  return { zip64 };
}

/** APPNOTE 4.6.9: version 1, CRC-32 of the header's name, the name in UTF-8. */
function assertSamePath(data: Buffer, nameBytes: Buffer, name: string): void {
  const same =
    data.length >= 5 &&
    data[0] === 1 &&
    data.readUInt32LE(1) === crc32(nameBytes) &&
    data.subarray(5).equals(nameBytes);
  if (!same) refuse("zip-unicode-path", `${quote(name)} has a Unicode path that is not its name`);
}
