import { setImmediate } from "node:timers/promises";
import { FnsealError } from "../errors.ts";
import { DEFAULT_LIMITS, type DigestLimits } from "./limits.ts";

export interface RunOptions {
  readonly limits?: Partial<DigestLimits>;
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Aborting it ends the call with `artifact-interrupted`. */
  readonly signal?: AbortSignal;
}

const CHUNK = 256 * 1024;
const LONGEST_TURN_MS = 20;

/** A clock that is never set. `performance` would do, but a short run is over sooner than it is loaded. */
function milliseconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Scratch space that no call has at the moment: a thousand artifacts one after the other need one. */
const spare: Buffer[] = [];

/** What one call of a digest function carries along. Nothing outlives the call. */
export class Run {
  readonly limits: DigestLimits;
  /** Scratch space for reading: this call's alone until {@link release}. */
  readonly scratch = spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
  readonly #options: RunOptions;
  #turnBegan = milliseconds();
  #bytes = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#assertWanted();
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * Small files are read synchronously, which is several times faster; every 20 ms the rest of the program
   * gets its turn and the signal is looked at. `undefined` when there is nothing to wait for.
   */
  pause(): Promise<void> | undefined {
    return milliseconds() - this.#turnBegan < LONGEST_TURN_MS ? undefined : this.#yield();
  }

  async #yield(): Promise<void> {
    this.#options.onProgress?.(this.#bytes);
    await setImmediate();
    this.#assertWanted();
    this.#turnBegan = milliseconds();
  }

  #assertWanted(): void {
    const signal = this.#options.signal;
    if (signal?.aborted === true) {
      throw new FnsealError("artifact-interrupted", "reading was stopped", { cause: signal.reason });
    }
  }

  /** Tells the final count. */
  finish(): void {
    this.#options.onProgress?.(this.#bytes);
  }

  /** Gives the scratch space to the next call. Only where all went well: a call that failed may leave reads behind. */
  release(): void {
    spare.push(this.scratch);
  }
}
