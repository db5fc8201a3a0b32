import type { ZipBytes } from "./fields.ts";

/**
 * Reads the bytes of one entry in order, through a buffer that is the caller's: what a method returns is
 * good until the next call. Whoever asks for more than is left made a mistake.
 */
export class SpanReader {
  /** The beginning of the span; all local headers fit into it. */
  readonly first: Buffer;
  readonly #bytes: ZipBytes;
  readonly #scratch: Buffer;
  readonly #end: number;
  #position: number;
  #buffered: Buffer;

  constructor(bytes: ZipBytes, start: number, end: number, scratch: Buffer) {
    this.#bytes = bytes;
    this.#scratch = scratch;
    this.#end = end;
    this.#position = start;
    this.#buffered = scratch.subarray(0, 0);
    this.#fill();
    this.first = this.#buffered;
  }

  /** Bytes of the span that were not taken yet. */
  get left(): number {
    return this.#buffered.length + this.#end - this.#position;
  }

  /** Whether the rest is in memory already. */
  get whole(): boolean {
    return this.#position === this.#end;
  }

  skip(length: number): void {
    this.#buffered = this.#buffered.subarray(length);
  }

  /** The next bytes: at least one, at most `most`. */
  some(most: number): Buffer {
    if (this.#buffered.length === 0) this.#fill();
    const piece = this.#buffered.subarray(0, most);
    this.skip(piece.length);
    return piece;
  }

  /** The next `length` bytes; copied only where they are not in memory in one piece. */
  take(length: number): Buffer {
    if (length <= this.#buffered.length) return this.some(length);
    const all = Buffer.allocUnsafe(length);
    for (let at = 0; at < length;) at += this.some(length - at).copy(all, at);
    return all;
  }

  #fill(): void {
    const length = Math.min(this.#end - this.#position, this.#scratch.length);
    this.#buffered = this.#scratch.subarray(0, length);
    this.#bytes.read(this.#buffered, this.#position);
    this.#position += length;
  }
}
