import { crc32, deflateRawSync } from "node:zlib";

/** Fields of a local or a central header that a test sets to other than the right value. */
export interface HeaderFields {
  readonly version?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packed?: number;
  readonly size?: number;
  readonly name?: string | Buffer;
  readonly extra?: Buffer;
}

export interface CentralFields extends HeaderFields {
  readonly signature?: number;
  readonly attributes?: number;
  readonly disk?: number;
  readonly offset?: number;
}

export interface HostileEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** What lies in the zip in place of the deflated content. */
  readonly data?: Buffer;
  /** In both headers. */
  readonly both?: HeaderFields;
  readonly local?: HeaderFields & { readonly signature?: number };
  readonly central?: CentralFields;
  /** Bytes between this entry's content and the next entry. */
  readonly after?: Buffer;
  /** Only in the directory. */
  readonly onlyListed?: boolean;
}

export interface EndFields {
  readonly disk?: number;
  readonly directoryDisk?: number;
  readonly entriesHere?: number;
  readonly entries?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly commentLength?: number;
}

export interface HostileZip {
  readonly entries?: readonly HostileEntry[];
  readonly prefix?: Buffer;
  readonly beforeDirectory?: Buffer;
  /** List the entries from last to first. */
  readonly reversed?: boolean;
  /** Bytes between the directory and the end records that count as directory. */
  readonly inDirectory?: Buffer;
  readonly beforeEnd?: Buffer;
  readonly end?: EndFields;
  readonly comment?: Buffer;
  readonly trailing?: Buffer;
  /** Adds zip64 end records, with these fields set to other values. */
  readonly zip64?: EndFields & {
    readonly recordSize?: number;
    readonly at?: number;
    readonly disks?: number;
  };
}

/** Little-endian: `[bytes, value]` pairs. */
export function pack(...fields: readonly (readonly [2 | 4 | 8, number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

/** A zip of deflated entries, right in all that is not given otherwise. */
export function hostileZip(zip: HostileZip): Buffer {
  const parts: Buffer[] = [zip.prefix ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  const push = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  for (const entry of zip.entries ?? []) {
    const content = Buffer.from(entry.content ?? "content");
    const data = entry.data ?? deflateRawSync(content);
    const right = {
      version: 20,
      flags: 0,
      method: 8,
      crc: crc32(content),
      packed: data.length,
      size: content.length,
      name: entry.name,
      extra: Buffer.alloc(0),
    };
    directory.push(central({ ...right, offset: at, ...entry.both, ...entry.central }));
    if (entry.onlyListed === true) continue;
    push(local({ ...right, ...entry.both, ...entry.local }));
    push(data);
    if (entry.after !== undefined) push(entry.after);
  }
  push(zip.beforeDirectory ?? Buffer.alloc(0));
  if (zip.reversed === true) directory.reverse();
  const body = Buffer.concat([...directory, zip.inDirectory ?? Buffer.alloc(0)]);
  const count = directory.length;
  const offset = at;
  push(body);
  push(zip.beforeEnd ?? Buffer.alloc(0));
  const right = { disk: 0, directoryDisk: 0, entriesHere: count, entries: count, size: body.length, offset };
  if (zip.zip64 !== undefined) push(zip64End({ ...right, ...zip.zip64 }, at));
  push(end({ ...right, ...zip.end }, zip.comment ?? Buffer.alloc(0)));
  push(zip.trailing ?? Buffer.alloc(0));
  return Buffer.concat(parts);
}

type Complete = Required<HeaderFields>;

function local(header: Complete & { signature?: number }): Buffer {
  const name = Buffer.from(header.name);
  const { version, flags, method, crc, packed, size, extra, signature = 0x04034b50 } = header;
  return Buffer.concat([
    pack([4, signature], [2, version], [2, flags], [2, method], [4, 0], [4, crc], [4, packed], [4, size]),
    pack([2, name.length], [2, extra.length]),
    name,
    extra,
  ]);
}

function central(header: Complete & CentralFields & { offset: number }): Buffer {
  const name = Buffer.from(header.name);
  const { version, flags, method, crc, packed, size, extra, signature = 0x02014b50, disk = 0 } = header;
  return Buffer.concat([
    pack([4, signature], [2, 0x0314], [2, version], [2, flags], [2, method], [4, 0], [4, crc], [4, packed]),
    pack([4, size], [2, name.length], [2, extra.length], [2, 0], [2, disk], [2, 0]),
    pack([4, header.attributes ?? 0], [4, header.offset]),
    name,
    extra,
  ]);
}

function end(fields: Required<Omit<EndFields, "commentLength">> & EndFields, comment: Buffer): Buffer {
  return Buffer.concat([
    pack(
      [4, 0x06054b50],
      [2, fields.disk],
      [2, fields.directoryDisk],
      [2, fields.entriesHere],
      [2, fields.entries],
    ),
    pack([4, fields.size], [4, fields.offset], [2, fields.commentLength ?? comment.length]),
    comment,
  ]);
}

function zip64End(
  fields: Required<Omit<EndFields, "commentLength">> & NonNullable<HostileZip["zip64"]>,
  position: number,
): Buffer {
  return Buffer.concat([
    pack(
      [4, 0x06064b50],
      [8, fields.recordSize ?? 44],
      [2, 45],
      [2, 45],
      [4, fields.disk],
      [4, fields.directoryDisk],
    ),
    pack([8, fields.entriesHere], [8, fields.entries], [8, fields.size], [8, fields.offset]),
    pack([4, 0x07064b50], [4, 0], [8, fields.at ?? position], [4, fields.disks ?? 1]),
  ]);
}
