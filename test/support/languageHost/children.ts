import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";

/** Between asking a child to stop and killing it: what the official host allows. */
const GRACE_MS = 5_000;

const running = new Set<ChildProcess>();

/** Starts Node on a script and remembers the child until it ends. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

/** The child's exit code once its output is drained; 1 for a child that a signal ended. */
export function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Asks a child to stop and kills it when it does not. */
export function stop(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
}

/** Leaves nothing behind: for the moment the host itself ends. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Asks every child to stop: the engine's Cancel. */
export function stopAll(): void {
  for (const child of running) stop(child);
}
