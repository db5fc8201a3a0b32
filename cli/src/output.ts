import { once } from "node:events";
import { isAbsolute, relative } from "node:path";
import type { Environment, Output } from "./environment.ts";
import { printable, printableLine } from "@fnseal/core/text";

export { printable, printableLine };

/** 0 verified or done, 1 rejected, 2 wrong usage or configuration, 3 could not find out. */
export type ExitCode = 0 | 1 | 2 | 3;

/** What a command says about one thing that it was given. */
export interface Result {
  readonly exit: ExitCode;
  /** Its element of `results` in the document that `--json` prints. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The same for a person, without a line feed at the end. */
  readonly text: string;
  /** Errors go to standard error, results to standard output. */
  readonly isError?: boolean;
}

/** From best to worst: wrong usage may have hidden anything, and a rejection is surer than not knowing. */
const WORSE: readonly ExitCode[] = [0, 3, 1, 2];

/** The exit code of a run with several results. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return WORSE[Math.max(0, ...codes.map((code) => WORSE.indexOf(code)))] ?? 2;
}

/** Whoever reads us has stopped reading. Not our failure, and the exit code still tells the result. */
function isClosedPipe(thrown: unknown): boolean {
  const isCoded = typeof thrown === "object" && thrown !== null && "code" in thrown;
  return isCoded && (thrown.code === "EPIPE" || thrown.code === "ERR_STREAM_DESTROYED");
}

/** The output could not be written: a full disk, for example. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * Writes and waits until it is written. A closed pipe is ignored.
 *
 * @throws OutputError
 */
export async function write(stream: Output, text: string): Promise<void> {
  try {
    const failed = await new Promise<Error | null | undefined>((resolve) => stream.write(text, resolve));
    if (failed) throw failed;
    if (stream.writableNeedDrain) await once(stream, "drain");
  } catch (thrown) {
    if (isClosedPipe(thrown)) return;
    throw new OutputError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

/** A path as a person in `cwd` would write it: relative where it is inside. */
export function shownPath(cwd: string, path: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** A word of a command line that a person may copy into a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${printableLine(word).replaceAll("'", `'\\''`)}'`;
}

const COLOURS: Readonly<Record<ExitCode, string>> = { 0: "32", 1: "31", 2: "31", 3: "33" };

/** Colours the first line by what it means. */
export function coloured(text: string, exit: ExitCode): string {
  const [first = "", ...rest] = text.split("\n");
  return [`\u001b[${COLOURS[exit]}m${first}\u001b[0m`, ...rest].join("\n");
}

/** Whether to write colours: only to terminals, unless FORCE_COLOR or NO_COLOR (no-color.org) says otherwise. */
export function wantsColour(stream: Output, env: Environment["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
