import { type Stats, statSync } from "node:fs";
import { type Artifact, digestPath } from "@fnseal/core";

/** Milliseconds for which a file that was changed may be changed again without its times showing it. */
const GRAIN = 2_000;
/** Files that are remembered; an artifact of one takes less than a kilobyte. */
const MOST = 10_000;

interface Known {
  readonly stats: Stats;
  readonly artifact: Artifact;
}

/**
 * Remembers what archive files held. Several functions may have one file, and a file may have been read before the
 * program names it.
 *
 * What is remembered counts only where the file's identity, size and times are what they were and the engine, which has read
 * it meanwhile, found the same bytes. The time of the last change (ctime) cannot be set back by the file's owner.
 */
export class KnownFiles {
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Artifact>>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * What a file or folder holds: as it is known, or read now.
   *
   * @param path absolute
   * @param hash what the engine says of it
   * @throws FnsealError as `digestPath`
   */
  async read(path: string, hash: string | undefined): Promise<Artifact> {
    // What is being read need not be read twice; whether that was early enough shows afterwards.
    await this.#reading.get(path)?.catch(() => undefined);
    return this.#find(path, hash) ?? this.digest(path);
  }

  /** Reads a file or folder now, and remembers a file. @throws FnsealError as `digestPath` */
  async digest(path: string): Promise<Artifact> {
    const reading = this.#digest(path).finally(() => this.#reading.delete(path));
    this.#reading.set(path, reading);
    return reading;
  }

  async #digest(path: string): Promise<Artifact> {
    const before = look(path);
    const artifact = await digestPath(path, { root: "/" });
    const isOld = before && before.isFile() && this.#now() - before.ctimeMs > GRAIN;
    if (isOld && isSame(before, look(path))) {
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(path, { stats: before, artifact });
    }
    return artifact;
  }

  #find(path: string, hash: string | undefined): Artifact | undefined {
    const known = this.#known.get(path);
    if (!known || hash === undefined || known.artifact.engineHash !== hash) return undefined;
    return isSame(known.stats, look(path)) ? known.artifact : undefined;
  }
}

/** `undefined` where it cannot be looked at: what that is called, reading it says. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isSame(then: Stats, now: Stats | undefined): boolean {
  return (
    now !== undefined &&
    now.dev === then.dev &&
    now.ino === then.ino &&
    now.size === then.size &&
    now.mtimeMs === then.mtimeMs &&
    now.ctimeMs === then.ctimeMs
  );
}
