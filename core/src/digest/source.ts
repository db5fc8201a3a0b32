import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { FnsealError } from "../errors.ts";
import { unreadable } from "./refuse.ts";
import { quote } from "./text.ts";

interface Opening {
  /** Open the path itself, not what a symlink in its last part leads to. */
  readonly noFollow?: boolean;
}

/**
 * A regular file that is open for reading, watched for changes meanwhile. Opening a pipe or a device does
 * not block: the flags say so, and only then is it looked at.
 *
 * Methods throw FnsealError: `artifact-not-found`, `artifact-unreadable`, `artifact-changed`.
 */
export class SourceFile {
  readonly path: string;
  readonly size: number;
  readonly #fd: number;
  readonly #opened: Stats;

  private constructor(path: string, fd: number, opened: Stats) {
    this.path = path;
    this.#fd = fd;
    this.#opened = opened;
    this.size = opened.size;
  }

  /** @throws FnsealError also `artifact-unsupported` where the path is no regular file. */
  static open(path: string, opening: Opening = {}): SourceFile {
    let fd: number;
    try {
      fd = openSync(path, flags(opening.noFollow === true));
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
    try {
      const opened = fstatSync(fd);
      if (!opened.isFile()) {
        throw new FnsealError("artifact-unsupported", `${quote(path)} is not a regular file`);
      }
      return new SourceFile(path, fd, opened);
    } catch (thrown) {
      closeSync(fd);
      throw unreadable(path, thrown);
    }
  }

  /** Fills `into` from `position` on. The file must have that much. */
  read(into: Buffer, position: number): void {
    let done = 0;
    while (done < into.length) {
      const count = this.#readSome(into.subarray(done), position + done);
      if (count === 0) throw this.#changed();
      done += count;
    }
  }

  /**
   * Throws `artifact-changed` unless the file is as it was when it was opened. The time of the last change
   * (ctime) cannot be set back by the file's owner.
   */
  assertUnchanged(): void {
    let now: Stats;
    try {
      now = fstatSync(this.#fd);
    } catch (thrown) {
      throw unreadable(this.path, thrown);
    }
    const then = this.#opened;
    if (now.size !== then.size || now.mtimeMs !== then.mtimeMs || now.ctimeMs !== then.ctimeMs) {
      throw this.#changed();
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readSome(into: Buffer, position: number): number {
    try {
      return readSync(this.#fd, into, 0, into.length, position);
    } catch (thrown) {
      throw unreadable(this.path, thrown);
    }
  }

  #changed(): FnsealError {
    return new FnsealError("artifact-changed", `${quote(this.path)} changed while it was read`);
  }
}

function flags(noFollow: boolean): number {
  // Windows has neither flag, and no pipes in folders.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0, O_NOCTTY = 0 } = constants as Partial<typeof constants>;
  return (O_RDONLY ?? 0) | O_NONBLOCK | O_NOCTTY | (noFollow ? O_NOFOLLOW : 0);
}
