import { withoutTokens } from "@fnseal/core/text";
import type { Environment, Output } from "./environment.ts";
import { coloured, type ExitCode, printable, type Result, wantsColour, worst, write } from "./output.ts";

/** The exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Where results go: to people as they come, or with `--json` as one document at the end. */
export class Reporter {
  readonly #environment: Environment;
  readonly #json: boolean;
  readonly #results: unknown[] = [];
  readonly #exits: ExitCode[] = [];
  #error: Record<string, unknown> | undefined;
  #isSilent = false;
  #interrupted = false;

  constructor(environment: Environment, json: boolean) {
    this.#environment = environment;
    this.#json = json;
  }

  /** Takes a command's results, one by one as they are found. */
  async report(results: AsyncIterable<Result>): Promise<void> {
    for await (const result of results) {
      this.#exits.push(result.exit);
      this.#results.push(result.json);
      if (!this.#json)
        await this.#say(result.isError === true ? "stderr" : "stdout", result.text, result.exit);
    }
  }

  /** Help, a version: text that is no result, with or without `--json`. */
  async print(text: string): Promise<void> {
    this.#isSilent = true;
    await write(this.#environment.stdout, text);
  }

  /** What ended the command before its end. */
  async fail(thrown: unknown, before = ""): Promise<void> {
    const { describeError, errorJson, exitOf, Interrupted, toFnsealError } = await import("./errors.ts");
    if (thrown instanceof Interrupted) {
      this.#interrupted = true;
      return;
    }
    const error = toFnsealError(thrown);
    this.#exits.push(exitOf(error.code));
    this.#error = errorJson(error);
    if (!this.#json) {
      if (before !== "") await write(this.#environment.stderr, before);
      await this.#say("stderr", describeError(error), exitOf(error.code));
    }
    if (this.#environment.env["FNSEAL_DEBUG"] === "1") {
      const { inspect } = await import("node:util");
      await write(this.#environment.stderr, `${withoutTokens(inspect(thrown))}\n`);
    }
  }

  /** Prints what is left. @returns the exit code */
  async end(): Promise<number> {
    if (this.#interrupted) return INTERRUPTED;
    if (this.#json && !(this.#isSilent && this.#error === undefined)) {
      const results = this.#results.length > 0 || !this.#error ? { results: this.#results } : {};
      const document = { version: 1, ...results, ...(this.#error && { error: this.#error }) };
      await write(this.#environment.stdout, `${JSON.stringify(document, undefined, 2)}\n`);
    }
    return worst(this.#exits);
  }

  async #say(where: "stdout" | "stderr", text: string, exit: ExitCode): Promise<void> {
    const stream: Output = this.#environment[where];
    const safe = printable(text);
    await write(stream, `${wantsColour(stream, this.#environment.env) ? coloured(safe, exit) : safe}\n`);
  }
}
