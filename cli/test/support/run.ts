import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { generateKeyPairFiles, type KeyPairFiles } from "@fnseal/core";
import { run } from "../../src/cli.ts";
import type { Environment } from "../../src/environment.ts";

/** The password of every key that the tests make. */
export const PASSWORD = "correct horse";

/** The moment at which the commands run. */
export const NOW = new Date("2030-01-15T12:00:00Z");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends Partial<Omit<Environment, "argv" | "stdin">> {
  readonly cwd: string;
  /** What comes on standard input. */
  readonly input?: string;
}

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = "";
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs the command line in this process, its surroundings stood in for; no password unless `env` has one. */
export async function fnseal(args: readonly string[], options: RunOptions): Promise<Ran> {
  const stdout = new Sink();
  const stderr = new Sink();
  const code = await run({
    argv: args,
    env: { FNSEAL_PASSWORD: PASSWORD },
    stdin: Readable.from(options.input === undefined ? [] : [Buffer.from(options.input)]),
    stdout,
    stderr,
    now: () => NOW,
    entry: undefined,
    execute: () => Promise.reject(new Error("no other program may be started here")),
    capture: () => Promise.reject(new Error("no other program may be started here")),
    open: () => undefined,
    ...options,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** The document that `--json` printed: the whole of standard output. */
export function jsonOf({ stdout }: Ran): {
  version: number;
  results?: Record<string, unknown>[];
  error?: Record<string, unknown>;
} {
  return JSON.parse(stdout) as ReturnType<typeof jsonOf>;
}

/** The first result of `--json`. */
export function firstResult(ran: Ran): Record<string, unknown> {
  const [first] = jsonOf(ran).results ?? [];
  if (!first) throw new Error(`there is no result in ${ran.stdout}`);
  return first;
}

/** A folder for one test, with files by name. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fnseal-cli-")));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const folders: string[] = [];

/** Every file in a folder, relative, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const pairs = new Map<string, Promise<KeyPairFiles>>();

/** A key pair by name, made once for a file of tests: the key derivation is slow on purpose. */
export function pairOf(name: string): Promise<KeyPairFiles> {
  const known = pairs.get(name) ?? generateKeyPairFiles(PASSWORD);
  pairs.set(name, known);
  return known;
}

/** A folder with a function in `dist` and the key pairs of `names`. */
export async function signingFolder(...names: string[]): Promise<string> {
  const files: Record<string, string> = { "dist/index.js": "exports.handler = async () => 1;\n" };
  for (const name of names) {
    const { privatePem, publicPem } = await pairOf(name);
    Object.assign(files, { [`${name}.key`]: privatePem, [`${name}.pub`]: publicPem });
  }
  return folderWith(files);
}

/** A terminal that a test types on, and that records whether its echo was off. */
export class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  readonly modes: boolean[] = [];

  setRawMode(on: boolean): this {
    this.isRaw = on;
    this.modes.push(on);
    return this;
  }
}

/** A trust policy in a folder beside key `a`. */
export const POLICY = "version: 1\nauthorities:\n  ci: { key: ../a.pub }\nrules:\n  - signedBy: ci\n";

/** A folder whose `dist` key `a` has signed. */
export async function signedFolder(...args: string[]): Promise<string> {
  const cwd = await signingFolder("a", "b");
  expect(await fnseal(["sign", "dist", "--key", "a.key", ...args], { cwd })).toMatchObject({ code: 0 });
  return cwd;
}
