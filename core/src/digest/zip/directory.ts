import { isUtf8 } from "node:buffer";
import { nameProblem } from "../names.ts";
import type { Refusals } from "../refuse.ts";
import type { Run } from "../run.ts";
import { quote } from "../text.ts";
import type { ZipEnd } from "./end.ts";
import { isFolder } from "./entryKind.ts";
import { readExtra } from "./extra.ts";
import { assertReadable } from "./features.ts";
import { CENTRAL_HEADER, FLAG, refuse } from "./fields.ts";
import { resolveZip64 } from "./zip64Field.ts";

const HEADER_SIZE = 46;

/** An entry as the central directory has it: APPNOTE 4.3.12. */
export interface ZipEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** Bytes as they lie in the zip. */
  readonly packed: number;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Where the entry's local header starts in the file. */
  readonly offset: number;
}

/** The entries of a checked directory, in numbers: objects for 100,000 of them would take 20 MB. */
export interface DirectoryIndex {
  /** Where each entry starts in the directory, in its order. */
  readonly positions: readonly number[];
  /** Where each entry's local header starts in the file. */
  readonly offsets: readonly number[];
}

/**
 * Checks the central directory, whose bytes are `directory`. Names that are wrong are collected, so that
 * all of them are told at once; whatever makes the rest uncertain ends the reading.
 *
 * Names without the UTF-8 flag are taken where they are valid UTF-8, as Info-ZIP and macOS write them.
 * A program that decodes them as code page 437 unpacks the same content under a name that differs in its
 * non-ASCII characters; no entry can pass for another by it.
 */
export async function readDirectory(
  directory: Buffer,
  end: ZipEnd,
  run: Run,
  refusals: Refusals,
): Promise<DirectoryIndex> {
  const positions: number[] = [];
  const offsets: number[] = [];
  const names = new Set<string>();
  let at = 0;
  let unpacked = 0;
  while (at < directory.length) {
    const { entry, next } = readEntry(directory, at);
    const problem = nameProblem(entry.folder ? entry.name.slice(0, -1) : entry.name);
    if (problem !== undefined) refusals.add(problem.code, `the name ${quote(entry.name)} ${problem.what}`);
    // Folders may come twice, as Gradle writes them: they hold nothing.
    if (!entry.folder && names.has(entry.name)) {
      refusals.add("zip-duplicate-name", `${quote(entry.name)} is there twice`);
    }
    names.add(entry.name);
    unpacked += entry.size;
    if (unpacked > run.limits.unpackedBytes) {
      refuse("zip-too-large", `the zip unpacks to more than ${run.limits.unpackedBytes} bytes`);
    }
    positions.push(at);
    offsets.push(entry.offset);
    if (positions.length > end.entries) break;
    at = next;
    await run.pause();
  }
  if (positions.length !== end.entries) {
    const listed = positions.length > end.entries ? "more" : positions.length;
    refuse("zip-entry-count", `the zip's end says ${end.entries} entries, its directory lists ${listed}`);
  }
  return { positions, offsets };
}

/** Parses the entry at `at` of the directory. */
export function readEntry(directory: Buffer, at: number): { entry: ZipEntry; next: number } {
  const header = directory.subarray(at, at + HEADER_SIZE);
  if (header.length < HEADER_SIZE || header.readUInt32LE(0) !== CENTRAL_HEADER) {
    refuse("zip-directory-broken", `the zip's directory is damaged at its byte ${at}`);
  }
  const nameEnd = at + HEADER_SIZE + header.readUInt16LE(28);
  const extraEnd = nameEnd + header.readUInt16LE(30);
  const next = extraEnd + header.readUInt16LE(32);
  if (next > directory.length) refuse("zip-directory-broken", "the zip's directory is cut off");
  const nameBytes = directory.subarray(at + HEADER_SIZE, nameEnd);
  const name = nameBytes.toString();
  const flags = header.readUInt16LE(8);
  if (!isUtf8(nameBytes)) {
    const flag = (flags & FLAG.utf8) === 0 ? "" : " though its flag says so";
    refuse("artifact-name-encoding", `the name ${quote(name)} is not valid UTF-8${flag}`);
  }
  const method = header.readUInt16LE(10);
  assertReadable({ name, version: header.readUInt16LE(6), flags, method });
  const extra = readExtra(directory.subarray(nameEnd, extraEnd), nameBytes, name);
  const own = {
    size: header.readUInt32LE(24),
    packed: header.readUInt32LE(20),
    offset: header.readUInt32LE(42),
    disk: header.readUInt16LE(34),
  };
  const { size, packed, offset, disk } = resolveZip64(own, extra.zip64, name);
  if (disk !== 0) refuse("zip-multi-disk", `${quote(name)} is on disk ${disk}`);
  const folder = isFolder(name, header.readUInt32LE(38));
  if (folder && size !== 0) refuse("zip-folder-content", `the folder ${quote(name)} has ${size} bytes`);
  return { entry: { name, folder, flags, method, crc: header.readUInt32LE(16), packed, size, offset }, next };
}
