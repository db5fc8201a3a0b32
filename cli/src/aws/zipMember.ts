import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** A small file of settings. Bytes. */
const LARGEST = 1 << 20;

/**
 * One small file of a zip, by its central directory (APPNOTE.TXT 4.3.12): `undefined` where there is none of that
 * name, or the zip cannot be read. For the verifier's own settings only; what is judged goes through the strict reader.
 */
export function zipMember(zip: Buffer, wanted: string): Buffer | undefined {
  try {
    const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || zip.readUInt32LE(end) !== END) return undefined;
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
      if (zip.readUInt32LE(at) !== ENTRY) return undefined;
      const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
      if (zip.toString("utf8", at + 46, nameEnd) === wanted) return contentOf(zip, at);
      at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    }
    return undefined;
  } catch {
    // Offsets that lead out of the file.
    return undefined;
  }
}

function contentOf(zip: Buffer, entry: number): Buffer | undefined {
  const method = zip.readUInt16LE(entry + 10);
  const size = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  if (zip.readUInt32LE(local) !== LOCAL) return undefined;
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + size);
  if (method === 0) return bytes;
  return method === 8 ? inflateRawSync(bytes, { maxOutputLength: LARGEST }) : undefined;
}
