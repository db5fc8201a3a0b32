import { broken } from "./header.ts";

/** Turns pieces of any size into the lengths that are asked for. */
export class ByteQueue {
  readonly #pieces: AsyncIterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Bytes given so far. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, at most `most`; `undefined` at the end. Good until the next call. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return undefined;
      this.#piece = next.value;
    }
    const given = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(given.length);
    this.#position += given.length;
    return given;
  }

  /** Exactly `length` bytes, or `undefined` if the end is here already. Good until the next call. */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#piece.length >= length) return this.some(length);
    const all = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      const piece = await this.some(length - at);
      if (piece === undefined) return at === 0 ? undefined : broken("the tar is cut off");
      at += piece.copy(all, at);
    }
    return all;
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
