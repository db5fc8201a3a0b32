import { type Code } from "../../codes/index.ts";
import { FnsealError } from "../../errors.ts";

/** The signatures of PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16. */
export const LOCAL_HEADER = 0x04034b50;
export const CENTRAL_HEADER = 0x02014b50;
export const DATA_DESCRIPTOR = 0x08074b50;
export const END_RECORD = 0x06054b50;
export const ZIP64_END_RECORD = 0x06064b50;
export const ZIP64_LOCATOR = 0x07064b50;

/** "The value is in the zip64 field": APPNOTE 4.4.1.4. */
export const IN_ZIP64_16 = 0xffff;
export const IN_ZIP64_32 = 0xffffffff;

/** Bits of the general purpose flag: APPNOTE 4.4.4. */
export const FLAG = {
  encrypted: 1 << 0,
  deflateLevel: 0b110,
  descriptor: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  maskedHeader: 1 << 13,
} as const;

/** Compression methods: APPNOTE 4.4.5. */
export const STORED = 0;
export const DEFLATED = 8;

/** A number that need not be exact above 2^53: everything that large is beyond the limits anyway. */
export function u64(buffer: Buffer, at: number): number {
  return Number(buffer.readBigUInt64LE(at));
}

/** Ends the reading of this zip: the caller makes a refusal of it. */
export function refuse(code: Code, message: string): never {
  throw new FnsealError(code, message);
}

/** Random access to the bytes of a zip. */
export interface ZipBytes {
  readonly size: number;
  /** Fills `into` from `position` on; both ends have to be within the file. */
  read(into: Buffer, position: number): void;
}
