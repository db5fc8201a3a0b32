/**
 * A strict reader of DER (ITU-T X.690), for what the quick verification looks at. It copies nothing and reads only the
 * level that is asked for. `@sigstore/core` reads everything into objects, and writes them out again to compare them.
 */

/** Thrown where something is not as it usually is. It is no verdict: Sigstore's library then decides. */
export class NotUsual extends Error {}

/** One element: its tag, all its bytes, and those of its content. */
export interface Der {
  readonly tag: number;
  readonly bytes: Buffer;
  readonly content: Buffer;
}

/** Tags with class and constructed bit. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  primitive0: 0x80,
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** Reads bytes that are exactly one element. */
export function readDer(bytes: Buffer, tag: number): Der {
  const der = elementAt(bytes, 0);
  if (der.bytes.length !== bytes.length) throw new NotUsual();
  return expectTag(der, tag);
}

/** {@link readDer} for a whole document, in which every constructed element is well formed, read or not. */
export function readDocument(bytes: Buffer, tag: number): Der {
  const der = readDer(bytes, tag);
  assertElements(bytes, 0, bytes.length, 0);
  return der;
}

const MAXIMUM_DEPTH = 50;
const CONSTRUCTED = 0x20;

function assertElements(bytes: Buffer, from: number, end: number, depth: number): void {
  if (depth > MAXIMUM_DEPTH) throw new NotUsual();
  for (let at = from; at < end;) {
    const { start, end: next } = spanAt(bytes, at, end);
    if (((bytes[at] ?? 0) & CONSTRUCTED) !== 0) assertElements(bytes, start, next, depth + 1);
    at = next;
  }
}

/** The elements in a constructed one, and nothing between or after them. */
export function childrenOf({ content }: Der): Der[] {
  const children: Der[] = [];
  for (let at = 0; at < content.length;) {
    const child = elementAt(content, at);
    children.push(child);
    at += child.bytes.length;
  }
  return children;
}

/** An element that has to be there, with this tag. */
export function expectTag(der: Der | undefined, tag: number): Der {
  if (der?.tag !== tag) throw new NotUsual();
  return der;
}

function elementAt(bytes: Buffer, at: number): Der {
  const { tag, start, end } = spanAt(bytes, at, bytes.length);
  return { tag, bytes: bytes.subarray(at, end), content: bytes.subarray(start, end) };
}

/** Where the content of the element at a place begins and ends. */
function spanAt(bytes: Buffer, at: number, limit: number): { tag: number; start: number; end: number } {
  const tag = bytes[at];
  const first = bytes[at + 1];
  // Tag numbers from 31 on take more bytes; nothing of interest has one.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || (tag & 0xdf) === 0)
    throw new NotUsual();
  const size = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + size;
  // Sixteen megabytes are more than any bundle has; no length at all (0x80) is not DER.
  if (first === 0x80 || size > 3 || start > limit) throw new NotUsual();
  const length = size === 0 ? first : bytes.readUIntBE(at + 2, size);
  // DER writes each length in the fewest bytes.
  if (size > 0 && (length < 0x80 || bytes[at + 2] === 0)) throw new NotUsual();
  const end = start + length;
  if (end > limit) throw new NotUsual();
  return { tag, start, end };
}

/** Writes the head of an element whose content has `length` bytes. */
export function derHead(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  if (length < 0x100) return Buffer.from([tag, 0x81, length]);
  if (length < 0x10000) return Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
  throw new NotUsual();
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{3})?Z$/;

/** A UTCTime or GeneralizedTime, in whole seconds as `@sigstore/core` reads it. */
export function timeOf({ tag, content }: Der): Date {
  const isUtc = tag === TAG.utcTime;
  if (!isUtc && tag !== TAG.generalizedTime) throw new NotUsual();
  const match = (isUtc ? UTC : GENERALIZED).exec(content.toString("latin1"));
  if (!match) throw new NotUsual();
  const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = match;
  // RFC 5280, 4.1.2.5.1: two digits from 50 on are of the last century.
  const full = isUtc ? `${Number(year) >= 50 ? "19" : "20"}${year}` : year;
  const time = new Date(`${full}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time.getTime())) throw new NotUsual();
  return time;
}

/** Text that is plain UTF-8; a byte order mark is a character like any other. */
export function textOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new NotUsual();
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
