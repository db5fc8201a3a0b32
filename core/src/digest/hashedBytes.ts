import { createHash } from "node:crypto";
import { FnsealError } from "../errors.ts";
import type { Run } from "./run.ts";
import type { SourceFile } from "./source.ts";
import { quote } from "./text.ts";
import type { ZipBytes } from "./zip/fields.ts";

/**
 * A file whose bytes are hashed as they are read from front to back, so that its SHA-256 and what was found
 * in it come from the same reading. Reads elsewhere (of the directory, at first) don't count.
 */
export class HashedBytes implements ZipBytes {
  readonly size: number;
  readonly #file: SourceFile;
  readonly #hash = createHash("sha256");
  #hashed = 0;

  constructor(file: SourceFile) {
    this.#file = file;
    this.size = file.size;
  }

  read(into: Buffer, position: number): void {
    this.#file.read(into, position);
    if (position !== this.#hashed) return;
    this.#hash.update(into);
    this.#hashed += into.length;
  }

  /**
   * Hashes what is left and gives SHA-256 of the file. `known` are the bytes from `start` on that were read
   * out of order; if they are others by now, it throws `artifact-changed`.
   */
  async finish(run: Run, known?: { readonly bytes: Buffer; readonly start: number }): Promise<string> {
    while (this.#hashed < this.size) {
      const at = this.#hashed;
      const chunk = run.scratch.subarray(0, Math.min(run.scratch.length, this.size - at));
      this.read(chunk, at);
      if (known !== undefined && !agrees(chunk, at, known)) {
        throw new FnsealError("artifact-changed", `${quote(this.#file.path)} changed while it was read`);
      }
      await run.pause();
    }
    this.#file.assertUnchanged();
    return this.#hash.digest("hex");
  }
}

function agrees(chunk: Buffer, at: number, { bytes, start }: { bytes: Buffer; start: number }): boolean {
  const from = Math.max(at, start);
  const to = Math.min(at + chunk.length, start + bytes.length);
  return from >= to || chunk.subarray(from - at, to - at).equals(bytes.subarray(from - start, to - start));
}
