import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from "node:zlib";
import { systemCode } from "../../errors.ts";
import { quote } from "../text.ts";
import { refuse } from "./fields.ts";

/** Node gives each piece a new buffer; above 32 KiB the garbage collector lets 20 MB more of them pile up. */
const OUTPUT_CHUNK = 32 * 1024;

/**
 * Up to this size an entry is inflated in one call: handing it to zlib's threads and waiting for them takes many
 * times longer than a small file needs, and a dependencies' folder has tens of thousands of them.
 */
const AT_ONCE = 64 * 1024;

export interface Deflated {
  readonly name: string;
  /** Bytes when inflated, as the zip says. No more will come out, whatever goes in. */
  readonly size: number;
  /** Gets the output in order. */
  readonly take: (chunk: Buffer) => void;
}

/**
 * Inflates the entries of one zip through node:zlib. What goes in has to be one deflate stream that ends
 * with its last byte and comes to exactly the size said.
 * Both methods throw `zip-size`, `zip-deflate-broken`, `zip-deflate-trailing`; after that the zip is done with.
 */
export class Inflater {
  /** One for all small entries: making one costs more than inflating a small file, in time and in garbage. */
  #reused: Engine | undefined;

  /** An entry whose compressed data is in memory. */
  async whole(packed: Buffer, deflated: Deflated): Promise<void> {
    if (deflated.size <= AT_ONCE) {
      inflateAtOnce(packed, deflated);
      return;
    }
    this.#reused ??= new Engine(constants.Z_FINISH);
    await this.#reused.write(packed, deflated);
    this.#reused.assertEnd(packed.length, deflated);
    this.#reused.reset();
  }

  /** An entry of any size: `next` gives the compressed pieces in order and `undefined` at their end. */
  async pieces(next: () => Buffer | undefined, deflated: Deflated): Promise<void> {
    const engine = new Engine(constants.Z_NO_FLUSH);
    try {
      let given = 0;
      for (let piece = next(); piece !== undefined; piece = next()) {
        given += piece.length;
        await engine.write(piece, deflated);
      }
      await engine.end(deflated);
      engine.assertEnd(given, deflated);
    } finally {
      engine.close();
    }
  }

  close(): void {
    this.#reused?.close();
  }
}

function inflateAtOnce(packed: Buffer, deflated: Deflated): void {
  const { name, size, take } = deflated;
  const { buffer, engine } = runAtOnce(packed, deflated);
  if (engine.bytesWritten !== packed.length) trailing(name);
  if (buffer.length > size) tooLong(deflated);
  if (buffer.length < size) refuse("zip-size", `${quote(name)} unpacks to less than ${size} bytes`);
  if (size > 0) take(buffer);
}

function runAtOnce(
  packed: Buffer,
  { name, size }: Deflated,
): { buffer: Buffer; engine: { bytesWritten: number } } {
  try {
    // One byte more than is wanted, so that one output buffer is enough; never more output than was said.
    const options = { maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size + 1, 64), info: true };
    return inflateRawSync(packed, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  } catch (thrown) {
    if (systemCode(thrown) === "ERR_BUFFER_TOO_LARGE") tooLong({ name, size });
    return damaged(name);
  }
}

class Engine {
  readonly #inflate: InflateRaw;
  #current: Deflated | undefined;
  #length = 0;
  #usedBefore = 0;
  #given = 0;
  #failed = false;
  #settle: () => void = () => undefined;

  /** With `Z_FINISH` each piece has to be a whole stream. */
  constructor(flush: number) {
    this.#inflate = createInflateRaw({ chunkSize: OUTPUT_CHUNK, flush });
    this.#inflate.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#inflate.on("error", () => {
      this.#failed = true;
    });
    // Where the deflate stream ends before the input does, Node ends the output and never calls back.
    for (const event of ["end", "error", "close"]) this.#inflate.on(event, () => this.#settle());
  }

  async write(piece: Buffer, deflated: Deflated): Promise<void> {
    this.#current = deflated;
    this.#given += piece.length;
    await new Promise<void>((settle) => {
      this.#settle = settle;
      this.#inflate.write(piece, () => settle());
    });
    while (this.#inflate.readableLength > 0) this.#inflate.read();
    this.#assertGood(deflated);
    if (this.#inflate.bytesWritten - this.#usedBefore < this.#given) trailing(deflated.name);
  }

  /** Says that nothing follows; only an engine that was made without `Z_FINISH` needs it. */
  async end(deflated: Deflated): Promise<void> {
    await new Promise<void>((settle) => {
      this.#settle = settle;
      if (this.#inflate.readableEnded || this.#inflate.destroyed) settle();
      else this.#inflate.end();
    });
    this.#assertGood(deflated);
  }

  assertEnd(given: number, { name, size }: Deflated): void {
    if (this.#inflate.bytesWritten - this.#usedBefore !== given) trailing(name);
    if (this.#length !== size) refuse("zip-size", `${quote(name)} unpacks to less than ${size} bytes`);
  }

  reset(): void {
    this.#inflate.reset();
    this.#usedBefore = this.#inflate.bytesWritten;
    this.#given = 0;
    this.#length = 0;
  }

  close(): void {
    this.#inflate.destroy();
  }

  #take(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#current === undefined || this.#length > this.#current.size) this.#inflate.destroy();
    else this.#current.take(chunk);
  }

  #assertGood({ name, size }: Deflated): void {
    if (this.#length > size) tooLong({ name, size });
    if (this.#failed) damaged(name);
  }
}

function tooLong({ name, size }: Pick<Deflated, "name" | "size">): never {
  refuse("zip-size", `${quote(name)} unpacks to more than ${size} bytes`);
}

function damaged(name: string): never {
  refuse("zip-deflate-broken", `the compressed data of ${quote(name)} is damaged or cut off`);
}

function trailing(name: string): never {
  refuse("zip-deflate-trailing", `bytes follow on the compressed data of ${quote(name)}`);
}
