import { quote } from "../text.ts";
import { DEFLATED, FLAG, refuse, STORED } from "./fields.ts";

/** APPNOTE 4.4.3.2: 4.5 is zip64; what needs more is encryption or another compression. */
const NEWEST_VERSION = 45;
const KNOWN_FLAGS = FLAG.deflateLevel | FLAG.descriptor | FLAG.utf8;

export interface Features {
  readonly name: string;
  /** "Version needed to extract", ten times the version. */
  readonly version: number;
  readonly flags: number;
  readonly method: number;
}

/**
 * Takes only what every unzip program can do.
 * Throws `zip-encrypted`, `zip-strong-encryption`, `zip-unknown-flag`, `zip-method`, `zip-version`.
 */
export function assertReadable({ name, version, flags, method }: Features): void {
  if ((flags & (FLAG.strongEncryption | FLAG.maskedHeader)) !== 0) {
    refuse("zip-strong-encryption", `${quote(name)} has strong encryption or a masked header`);
  }
  if ((flags & FLAG.encrypted) !== 0) refuse("zip-encrypted", `${quote(name)} is encrypted`);
  if ((flags & ~KNOWN_FLAGS) !== 0) {
    refuse("zip-unknown-flag", `${quote(name)} has the flags 0x${flags.toString(16)}`);
  }
  if (method !== STORED && method !== DEFLATED) {
    refuse("zip-method", `${quote(name)} has the compression method ${method}`);
  }
  if (version > NEWEST_VERSION) {
    refuse("zip-version", `${quote(name)} needs version ${(version / 10).toFixed(1)} to unzip`);
  }
}
