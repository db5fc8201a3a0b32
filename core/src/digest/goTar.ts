import { goJoin } from "./goPath.ts";

const BLOCK = 512;
const NAME_SIZE = 100;
const PREFIX_SIZE = 155;
/** The largest number that fits in a field of 12 with its NUL: POSIX.1-1988 ustar. */
const LARGEST_OCTAL = 8 ** 11 - 1;

/** What a tar archive ends with: two blocks of zeros. */
export const TAR_TRAILER = Buffer.alloc(2 * BLOCK);

const ZEROS = Buffer.alloc(BLOCK);

/** The zeros that fill the last block of a file of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}

/**
 * The header that Go's archive/tar writes for `tar.Header{Name: name, Mode: 0o600, Size: size}`: plain
 * ustar where name and size fit (the name split in two if need be), else preceded by a PAX record file.
 * See Writer.WriteHeader, Header.allowedFormats and splitUSTARPath in Go's archive/tar.
 *
 * `name` must not have a NUL and must not end in a slash; Go refuses both.
 */
export function goTarHeader(name: string, size: number): Buffer {
  const bytes = Buffer.from(name);
  const ascii = isAscii(bytes);
  const fits = ascii && bytes.length <= NAME_SIZE;
  const split = fits || !ascii ? undefined : splitName(name);
  if (size <= LARGEST_OCTAL && (fits || split !== undefined)) {
    return header({ name: split?.suffix ?? name, prefix: split?.prefix ?? "", size, mode: 0o600, type: "0" });
  }
  const records =
    (fits ? "" : paxRecord("path", name)) + (size > LARGEST_OCTAL ? paxRecord("size", String(size)) : "");
  const body = Buffer.from(records);
  const cut = name.lastIndexOf("/") + 1;
  const paxName = asciiOnly(goJoin(name.slice(0, cut), "PaxHeaders.0", name.slice(cut)));
  return Buffer.concat([
    header({
      name: paxName.slice(0, NAME_SIZE).replace(/\/+$/, ""),
      prefix: "",
      size: body.length,
      mode: 0,
      type: "x",
    }),
    body,
    tarPadding(body.length),
    header({
      name: asciiOnly(name),
      prefix: "",
      size: size > LARGEST_OCTAL ? 0 : size,
      mode: 0o600,
      type: "0",
    }),
  ]);
}

interface Fields {
  readonly name: string;
  readonly prefix: string;
  readonly size: number;
  readonly mode: number;
  readonly type: "0" | "x";
}

function header(fields: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1");
  block.write(fields.name.slice(0, NAME_SIZE), 0, "latin1");
  if (fields.name.length > NAME_SIZE && fields.name[NAME_SIZE - 1] === "/") {
    // Go's formatString: a cut name must not end in a slash, which some readers take for a folder.
    block[fields.name.slice(0, NAME_SIZE - 1).replace(/\/+$/, "").length] = 0;
  }
  octal(fields.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(fields.size, 124, 12);
  octal(0, 136, 12);
  block.write("        ", 148, "latin1");
  block.write(fields.type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  if (fields.type === "0") {
    // Go's writeRawFile, which writes the record file, leaves the device numbers empty.
    octal(0, 329, 8);
    octal(0, 337, 8);
  }
  block.write(fields.prefix, 345, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** Go's splitUSTARPath: at the last slash that leaves at most 155 bytes before and 100 after it. */
function splitName(name: string): { prefix: string; suffix: string } | undefined {
  const at = name.lastIndexOf("/", Math.min(name.length - 1, PREFIX_SIZE));
  if (at <= 0 || name.length - at - 1 > NAME_SIZE) return undefined;
  return { prefix: name.slice(0, at), suffix: name.slice(at + 1) };
}

/** `"<length> <key>=<value>\n"`, where length counts itself: POSIX.1-2001 pax, extended header. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}

function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80);
}

function asciiOnly(text: string): string {
  return text.replace(/[^\x01-\x7f]/g, "");
}
