import type { Readable, Writable } from "node:stream";

/** Standard input, which may be a terminal. */
export type Input = Readable & {
  readonly isTTY?: boolean | undefined;
  readonly isRaw?: boolean | undefined;
  setRawMode?(on: boolean): unknown;
};

/** A stream to write to, which may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean | undefined };

/** Everything outside the program that commands use, so that tests can stand in for it. */
export interface Environment {
  /** The arguments after the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Date;
  /** The file that was started: other packages may lie beside it. */
  readonly entry: string | undefined;
  /** Runs another program, its output on standard error. @returns its exit code; throws where it cannot start */
  readonly execute: (command: string, args: readonly string[], cwd: string) => Promise<number>;
  /** What another program prints on standard output. Throws where it cannot start, fails or takes too long (milliseconds). */
  readonly capture: (command: string, args: readonly string[], timeout: number) => Promise<string>;
  /** Shows a URL in the browser of whoever sits here. Never fails: the URL is printed as well. */
  readonly open: (url: string) => void;
}
