import { execFileSync, spawn } from "node:child_process";

/** How a program ended, with all it wrote. */
export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface RunOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/**
 * Runs a program to its end. Past the time limit it and everything it started is killed by process id, and the
 * promise rejects with what was written so far.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killTree(child.pid);
    }, options.timeoutMs);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      const seconds = (performance.now() - started) / 1000;
      const line = `${command} ${args.join(" ")}`;
      if (late) reject(new Error(`${line}: no end within ${options.timeoutMs} ms\n${stdout}\n${stderr}`));
      else resolve({ exitCode: code ?? 1, stdout, stderr, seconds });
    });
  });
}

/** Kills a process and its descendants: the engine's plugins are in process groups of their own. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const each of [pid, ...descendantsOf(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

function descendantsOf(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    pairs.flatMap(([child, its]) =>
      its === parent && child !== undefined ? [child, ...childrenOf(child)] : [],
    );
  return childrenOf(pid);
}
