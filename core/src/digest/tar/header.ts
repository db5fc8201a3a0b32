import { FnsealError } from "../../errors.ts";

export const BLOCK = 512;

/** What a header block says that bears on what is unpacked. */
export interface TarHeader {
  /** The name's bytes; with ustar's prefix in front of it. */
  readonly name: Buffer;
  readonly size: number;
  /** One character: POSIX.1-2001 pax, "typeflag", and GNU's `L`, `K`, `S`. */
  readonly type: string;
}

/** Ends the reading of this tar: the caller makes a refusal of it. */
export function broken(message: string): never {
  throw new FnsealError("artifact-tar-broken", message);
}

/**
 * Parses a header block as Go's archive/tar does (Reader.readHeader, block.getFormat), and refuses what it
 * and other readers take differently: unknown magic, star's shorter prefix, signed checksums, sizes that
 * are not plain octal, GNU headers whose times could be a prefix.
 */
export function parseHeader(block: Buffer, position: number): TarHeader {
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  if (octal(block, 148, 8) !== sum) broken(`the header at byte ${position} has a wrong checksum`);
  const size = octal(block, 124, 12);
  if (size === undefined) broken(`the header at byte ${position} has no plain size`);
  const name = cString(block, 0, 100);
  const prefix = prefixOf(block, position);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]),
    size,
    type: block.toString("latin1", 156, 157),
  };
}

function prefixOf(block: Buffer, position: number): Buffer {
  const magic = block.toString("latin1", 257, 265);
  if (magic.startsWith("ustar\0")) {
    if (block.toString("latin1", 508) === "tar\0")
      broken(`the header at byte ${position} is of the star format`);
    return cString(block, 345, 155);
  }
  // Go takes a GNU header's atime and ctime for a prefix if they are no numbers.
  const plain =
    magic === "ustar  \0" ? /^[0-7 \0]*$/.test(block.toString("latin1", 345, 369)) : /^\0*$/.test(magic);
  if (!plain) broken(`the header at byte ${position} is of an unknown format`);
  return Buffer.alloc(0);
}

function octal(block: Buffer, at: number, length: number): number | undefined {
  const digits = /^[ \0]*([0-7]*)[ \0]*$/.exec(block.toString("latin1", at, at + length))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits === "" ? "0" : digits, 8);
}

function cString(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}
