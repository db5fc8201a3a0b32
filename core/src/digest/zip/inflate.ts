import { createInflateRaw, inflateRawSync, type InflateRaw } from "node:zlib";
import { nodeErrorCode } from "../refuse.ts";
import { quote } from "../text.ts";
import { refuse } from "./fields.ts";

/** Node's own lower bound of `chunkSize`. */
const SMALLEST_CHUNK = 64;
/** Node gives each piece a new buffer; above 32 KiB the garbage collector lets 20 MB more of them pile up. */
const OUTPUT_CHUNK = 32 * 1024;

interface Expected {
  readonly name: string;
  readonly size: number;
}

interface ExpectedLarge extends Expected {
  /** Called between pieces. */
  readonly pause: () => Promise<void> | undefined;
}

/**
 * Inflates a small entry at once. The whole of `packed` has to be one deflate stream of exactly `size`
 * bytes; memory is bounded by `size`.
 * Throws `zip-size`, `zip-deflate-broken`, `zip-deflate-trailing`.
 */
export function inflateSmall(packed: Buffer, { name, size }: Expected): Buffer {
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    // With `info` Node gives the engine too, whose count tells where the stream ended; the types lack it.
    // One output buffer of the right size; Node's 16 KiB for each entry are garbage that piles up.
    const chunkSize = Math.max(size, SMALLEST_CHUNK);
    const options = { info: true, chunkSize, maxOutputLength: Math.max(size, 1) };
    result = inflateRawSync(packed, options) as unknown as typeof result;
  } catch (thrown) {
    if (nodeErrorCode(thrown) === "ERR_BUFFER_TOO_LARGE")
      refuse("zip-size", `${quote(name)} unpacks to more than ${size} bytes`);
    refuse("zip-deflate-broken", `the compressed data of ${quote(name)} is damaged`);
  }
  if (result.engine.bytesWritten !== packed.length) trailing(name);
  if (result.buffer.length !== size) wrongSize(name, size);
  return result.buffer;
}

/**
 * Inflates a large entry piece by piece: `next` gives the compressed pieces in order and `undefined` at
 * their end, `take` gets the output. No more than `size` bytes come out, whatever goes in.
 * Throws as {@link inflateSmall} does.
 */
export async function inflateLarge(
  next: () => Buffer | undefined,
  take: (chunk: Buffer) => void,
  { name, size, pause }: ExpectedLarge,
): Promise<void> {
  const inflate = createInflateRaw({ chunkSize: OUTPUT_CHUNK });
  const state = new InflateState(inflate, take, size);
  try {
    let given = 0;
    for (let piece = next(); piece !== undefined; piece = next()) {
      given += piece.length;
      await state.write(piece);
      if (state.tooLong) refuse("zip-size", `${quote(name)} unpacks to more than ${size} bytes`);
      if (state.failed) refuse("zip-deflate-broken", `the compressed data of ${quote(name)} is damaged`);
      if (inflate.bytesWritten < given) trailing(name);
      await pause();
    }
    await state.end();
    if (state.failed)
      refuse("zip-deflate-broken", `the compressed data of ${quote(name)} is damaged or cut off`);
    if (inflate.bytesWritten !== given) trailing(name);
    if (state.length !== size) wrongSize(name, size);
  } finally {
    inflate.destroy();
  }
}

class InflateState {
  length = 0;
  tooLong = false;
  failed = false;
  readonly #inflate: InflateRaw;
  #settle: () => void = () => undefined;

  constructor(inflate: InflateRaw, take: (chunk: Buffer) => void, size: number) {
    this.#inflate = inflate;
    inflate.on("data", (chunk: Buffer) => {
      this.length += chunk.length;
      if (this.length > size) {
        this.tooLong = true;
        inflate.destroy();
      } else {
        take(chunk);
      }
    });
    inflate.on("error", () => {
      this.failed = true;
    });
    // Where the deflate stream ends before the input does, Node ends the output and never calls back.
    for (const event of ["end", "error", "close"]) inflate.on(event, () => this.#settle());
  }

  /** Settles when the piece is used up, or when no more will be. */
  write(piece: Buffer): Promise<void> {
    return new Promise((settle) => {
      this.#settle = settle;
      this.#inflate.write(piece, () => settle());
    });
  }

  end(): Promise<void> {
    return new Promise((settle) => {
      this.#settle = settle;
      if (this.#inflate.readableEnded || this.#inflate.destroyed) settle();
      else this.#inflate.end();
    });
  }
}

function trailing(name: string): never {
  refuse("zip-deflate-trailing", `bytes follow on the compressed data of ${quote(name)}`);
}

function wrongSize(name: string, size: number): never {
  refuse("zip-size", `${quote(name)} unpacks to less than ${size} bytes`);
}
