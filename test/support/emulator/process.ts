import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { PythonLibrary } from "../../../scripts/tools/python.ts";

const READY_MS = 30_000;
const END_MS = 5_000;
const KEPT_LOG_CHARACTERS = 4_000_000;

const readySchema = z.object({ port: z.number().int().positive() });

/** A Python program of this folder that serves on a port the system chose. */
export interface ServerProcess {
  port: number;
  pid: number;
  /** What it wrote to standard error: the last four million characters. */
  logs: () => string;
  /** Ends it and all it started. */
  stop: () => Promise<void>;
}

/**
 * Starts `script` in a process group of its own and waits for the line that names its port. The child ends when its
 * standard input closes, so it ends with this process too, however that ends.
 */
export async function startServer(
  library: PythonLibrary,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const path = join(import.meta.dirname, script);
  const child = spawn(library.python, ["-s", "-E", "-B", path, library.folder, ...args], {
    env: { ...hostEnvironment(), ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-KEPT_LOG_CHARACTERS);
  });
  // Writing to a child that is gone already is no error of a test's.
  child.stdin.on("error", () => undefined);
  const pid = child.pid;
  if (pid === undefined) {
    const [cause] = (await once(child, "error")) as [Error];
    throw new Error(`${library.python} cannot be started`, { cause });
  }
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.ref();
    child.stdin.destroy();
    // The timer keeps this process alive until the child has ended.
    const abort = new AbortController();
    const late = sleep(END_MS, undefined, { signal: abort.signal }).catch(() => undefined);
    await Promise.race([ended, late]);
    abort.abort();
    killGroup(pid);
  };
  try {
    const port = await readPort(child.stdout, ended);
    // A process that waits for nothing else ends, and its emulator with it.
    child.unref();
    // Node's pipes are sockets; their type does not say so.
    for (const stream of [child.stdout, child.stderr, child.stdin]) (stream as unknown as Socket).unref();
    return { port, pid, logs: () => log, stop };
  } catch (cause) {
    await stop();
    throw new Error(`${script} did not start\n${log}`, { cause });
  }
}

async function readPort(stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<number> {
  let text = "";
  const line = new Promise<string>((resolve) => {
    stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
  const late = sleep(READY_MS, undefined, { ref: false });
  const first = await Promise.race([line, ended, late]);
  if (first === undefined) throw new Error(`no port within ${READY_MS} ms`);
  return readySchema.parse(JSON.parse(first)).port;
}

/** Only what a program needs to run: nothing of the machine's own settings reaches the functions. */
function hostEnvironment(): Record<string, string> {
  // Functions run on the `node` of PATH: this one, not the system's.
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return { PATH: path, HOME: process.env.HOME ?? "/", LANG: "C.UTF-8" };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}
