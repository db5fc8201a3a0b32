import { crc32, deflateRawSync } from "node:zlib";

/** 1990-01-01 in MS-DOS's form: the date that Pulumi gives to every file that it zips. */
const DATE = ((1990 - 1980) << 9) | (1 << 5) | 1;
const DEFLATE = 8;
const VERSION = 20;
const UTF8 = 0x0800;

/** A zip of the files, in their order: deflated, of one date and without modes, as Pulumi writes one. */
export function zip(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path);
    const data = deflateRawSync(content);
    const common = commonFields(content, data, name);
    const entry = [u32(0x04034b50), common, name, data];
    // Between the common fields and the name: comment's length, disk, attributes within and without.
    const listed = [u32(0x02014b50), u16(VERSION), common, u16(0), u16(0), u16(0), u32(0), u32(offset), name];
    local.push(...entry);
    central.push(...listed);
    offset += sizeOf(entry);
  }
  const count = u16(files.size);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(sizeOf(central)), u32(offset), u16(0)];
  return Buffer.concat([...local, ...central, ...end]);
}

/** From the version needed to the length of the extra field: the same in both headers. */
function commonFields(content: Uint8Array, data: Buffer, name: Buffer): Buffer {
  return Buffer.concat([
    ...[u16(VERSION), u16(UTF8), u16(DEFLATE), u16(0), u16(DATE), u32(crc32(content))],
    ...[u32(data.length), u32(content.length), u16(name.length), u16(0)],
  ]);
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
