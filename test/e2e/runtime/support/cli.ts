import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateKeyPairFiles } from "@fnseal/core";

const MAIN = join(__dirname, "../../../../cli/src/main.ts");
/** The same as it is published: ten times as fast to start, for tests that run it often. */
export const BUILT = join(__dirname, "../../../../cli/dist/fnseal.cjs");
const PASSWORD = "correct horse";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which the command line runs, with nothing of this machine's own AWS configuration. */
export class Desk {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "fnseal-desk-")));
  env: Readonly<Record<string, string>>;

  readonly #main: string;

  constructor(env: Readonly<Record<string, string>>, main = MAIN) {
    this.env = env;
    this.#main = main;
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  /** A key pair NAME.key, NAME.pub. */
  async key(name: string): Promise<void> {
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    this.write(`${name}.key`, privatePem);
    this.write(`${name}.pub`, publicPem);
  }

  /** Runs the command line as a process of its own. */
  async fnseal(
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>> = this.env,
  ): Promise<Ran> {
    const child = spawn(process.execPath, [this.#main, ...args], {
      cwd: this.folder,
      env: { PATH: process.env["PATH"], HOME: this.folder, FNSEAL_PASSWORD: PASSWORD, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  /** The document of `--json`, and the exit code. */
  async json(
    args: readonly string[],
  ): Promise<{ code: number | null; results: Record<string, unknown>[]; error: unknown }> {
    const { code, stdout, stderr } = await this.fnseal([...args, "--json"]);
    try {
      const { results = [], error } = JSON.parse(stdout) as {
        results?: Record<string, unknown>[];
        error?: unknown;
      };
      return { code, results, error };
    } catch {
      throw new Error(`no document: ${stdout}\n${stderr}`);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
