import { isUtf8 } from "node:buffer";
import { FnsealError } from "../../errors.ts";
import { goClean } from "../goPath.ts";
import { nameProblem } from "../names.ts";
import type { Place } from "../place.ts";
import { quote } from "../text.ts";
import type { ByteQueue } from "./byteQueue.ts";
import { BLOCK, broken, parseHeader } from "./header.ts";
import { parsePax, type Pax } from "./pax.ts";

/** Go's maxSpecialFileSize. */
const LONGEST_EXTENSION = 1024 * 1024;
/** Zeros that may follow on the end: tar fills its last record, of 10 KiB unless told otherwise. */
const LONGEST_PADDING = 1024 * 1024;
const SMALL = 256 * 1024;

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/**
 * Reads a tar as Pulumi's engine does (Go's archive/tar; tarArchiveReader in its sdk) and gives its files
 * to the set: regular files under their cleaned name, folders left out. What the engine cannot unpack, and
 * what other programs would unpack differently, is refused.
 */
export async function readTar(queue: ByteQueue, place: Place): Promise<void> {
  const names = new Set<string>();
  for (let entry = await nextEntry(queue); entry !== undefined; entry = await nextEntry(queue)) {
    if (names.size >= place.run.limits.entries) {
      throw new FnsealError(
        "artifact-too-many-files",
        `the tar has more than ${place.run.limits.entries} entries`,
      );
    }
    const folder = isFolder(entry);
    const name = checkedName(entry, folder, place);
    if (folder) {
      // Folders may come twice, as tar --append writes them: they hold nothing.
      names.add(`${name}/`);
      place.set.addFolder(place.rename(name));
    } else {
      if (names.has(name)) place.refusals.add("artifact-tar-duplicate", `${quote(name)} is there twice`);
      names.add(name);
      await readContent(queue, entry.size, place.rename(name), place);
    }
    await place.run.pause();
  }
  await readPadding(queue);
}

/** The next entry with its extensions merged in, or `undefined` at the end mark or the end of the file. */
async function nextEntry(queue: ByteQueue): Promise<Entry | undefined> {
  let pax: Pax | undefined;
  let longName: Buffer | undefined;
  for (;;) {
    const position = queue.position;
    const block = await queue.take(BLOCK);
    if (block === undefined || isZero(block)) {
      if (pax !== undefined || longName !== undefined) broken("the tar ends after an extended header");
      const second = block === undefined ? undefined : await queue.take(BLOCK);
      if (second !== undefined && !isZero(second)) broken("the tar goes on after a block of zeros");
      return undefined;
    }
    const header = parseHeader(block, position);
    if (header.type === "x" || header.type === "L") {
      if (pax !== undefined || longName !== undefined) broken("two extended headers follow on each other");
      const body = await extension(queue, header.size);
      if (header.type === "x") pax = parsePax(body);
      else longName = body.subarray(0, body.includes(0) ? body.indexOf(0) : body.length);
      continue;
    }
    const name = longName ?? pax?.path ?? header.name;
    if (!isUtf8(name)) {
      throw new FnsealError(
        "artifact-name-encoding",
        `the name ${quote(name.toString())} is not valid UTF-8`,
      );
    }
    return { name: name.toString(), size: pax?.size ?? header.size, type: header.type };
  }
}

function isFolder({ name, size, type }: Entry): boolean {
  const oldFolder = type === "\0" && name.endsWith("/");
  if (type === "5" || oldFolder) {
    if (size !== 0) broken(`the folder ${quote(name)} has ${size} bytes`);
    return true;
  }
  if (type === "0" || type === "\0") return false;
  throw new FnsealError("artifact-tar-entry-type", `${quote(name)} is of the tar type ${quote(type)}`);
}

/** The name as Go cleans it. `./` in front is what `tar -C folder .` writes; nothing else may be cleaned away. */
function checkedName({ name }: Entry, folder: boolean, { refusals }: Place): string {
  const bare = (folder ? name.replace(/\/$/, "") : name).replace(/^\.\/(?=.)/, "");
  const problem = folder && bare === "." ? undefined : nameProblem(bare);
  if (problem !== undefined) refusals.add(problem.code, `the name ${quote(name)} ${problem.what}`);
  return goClean(name);
}

async function readContent(queue: ByteQueue, size: number, name: string, { set, run }: Place): Promise<void> {
  if (size <= SMALL) {
    const content = size === 0 ? Buffer.alloc(0) : await queue.take(size);
    set.add(name, content ?? broken(`${quote(name)} is cut off`));
  } else {
    const sink = set.start(name, size);
    for (let left = size; left > 0;) {
      const piece = (await queue.some(left)) ?? broken(`${quote(name)} is cut off`);
      sink.update(piece);
      left -= piece.length;
      await run.pause();
    }
    sink.end();
  }
  run.count(size);
  await skipPadding(queue, size);
}

async function extension(queue: ByteQueue, size: number): Promise<Buffer> {
  if (size > LONGEST_EXTENSION) broken("an extended header is longer than 1 MiB");
  const body = Buffer.from((await queue.take(size)) ?? broken("an extended header is cut off"));
  await skipPadding(queue, size);
  return body;
}

async function skipPadding(queue: ByteQueue, size: number): Promise<void> {
  const length = (BLOCK - (size % BLOCK)) % BLOCK;
  if (length > 0 && (await queue.take(length)) === undefined) broken("the tar is cut off");
}

async function readPadding(queue: ByteQueue): Promise<void> {
  let length = 0;
  for (let piece = await queue.some(SMALL); piece !== undefined; piece = await queue.some(SMALL)) {
    length += piece.length;
    if (length > LONGEST_PADDING || !isZero(piece)) broken("data follows on the end of the tar");
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
