import type { Code } from "../codes/index.ts";
import { FnsealError, messageOf, systemCode } from "../errors.ts";
import { quote } from "./text.ts";
import type { Refusal } from "./types.ts";

/** More are not worth reading, and a hostile archive could have a hundred thousand. */
const MOST_REFUSALS = 20;

/** What was found wrong with an artifact so far. */
export class Refusals {
  readonly #found: Refusal[] = [];

  add(code: Code, message: string): void {
    if (this.#found.length < MOST_REFUSALS) this.#found.push({ code, message });
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  get all(): readonly Refusal[] {
    return this.#found;
  }

  /**
   * Runs `read`. What it throws with a code that means `rejected` becomes a refusal: nothing after that
   * point of an archive can be trusted. Anything else (not found, changed, …) is thrown on.
   */
  async during(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (thrown) {
      if (!(thrown instanceof FnsealError) || thrown.outcome !== "rejected") throw thrown;
      this.add(thrown.code, thrown.message);
    }
  }
}

/** An error of the file system as one of ours. Never a pass: all of these codes are `undecided`. */
export function unreadable(path: string, thrown: unknown): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  const code = systemCode(thrown);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new FnsealError("artifact-not-found", `nothing is at ${quote(path)}`, { cause: thrown });
  }
  const why = code ?? quote(messageOf(thrown));
  return new FnsealError("artifact-unreadable", `cannot read ${quote(path)}: ${why}`, { cause: thrown });
}
