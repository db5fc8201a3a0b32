import { refuse, u64, ZIP64_END_RECORD, ZIP64_LOCATOR } from "./fields.ts";

const LOCATOR_SIZE = 20;
const RECORD_SIZE = 56;

/** The bytes before the end record in which the zip64 records are. */
export const ZIP64_TAIL = LOCATOR_SIZE + RECORD_SIZE;

export interface Zip64End {
  /** Where the record starts, which is where the directory has to end. */
  readonly position: number;
  readonly disk: number;
  readonly directoryDisk: number;
  readonly entriesHere: number;
  readonly entries: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The zip64 end of central directory record and its locator (APPNOTE 4.3.14, 4.3.15), which have to lie
 * directly before the end record. `before` are the bytes up to the end record, which is at `position`.
 * A locator counts whether the end record needs it or not: programs differ in that.
 * Throws `zip-zip64-mismatch`, `zip-multi-disk`.
 */
export function readZip64End(before: Buffer, position: number): Zip64End | undefined {
  if (before.length < LOCATOR_SIZE) return undefined;
  const locator = before.subarray(before.length - LOCATOR_SIZE);
  if (locator.readUInt32LE(0) !== ZIP64_LOCATOR) return undefined;
  if (locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) > 1) {
    refuse("zip-multi-disk", "the zip64 locator names another disk");
  }
  const start = position - ZIP64_TAIL;
  if (before.length < ZIP64_TAIL || u64(locator, 8) !== start) {
    refuse("zip-zip64-mismatch", "the zip64 end record is not directly before its locator");
  }
  const record = before.subarray(before.length - ZIP64_TAIL, before.length - LOCATOR_SIZE);
  // The size leaves out the signature and itself; more than that would be data of unknown meaning.
  if (record.readUInt32LE(0) !== ZIP64_END_RECORD || u64(record, 4) !== RECORD_SIZE - 12) {
    refuse("zip-zip64-mismatch", "the zip64 end record is damaged");
  }
  return {
    position: start,
    disk: record.readUInt32LE(16),
    directoryDisk: record.readUInt32LE(20),
    entriesHere: u64(record, 24),
    entries: u64(record, 32),
    size: u64(record, 40),
    offset: u64(record, 48),
  };
}
