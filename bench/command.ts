import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Row } from "./row.ts";

const CLI = join(import.meta.dirname, "../cli/dist/fnseal.cjs");

/** One run of a command. */
export interface Run {
  /** Milliseconds. */
  readonly wall: number;
  /** Megabytes: the high-water mark of the process. */
  readonly peak: number;
}

/** The built command line, as its users start it. */
export function fnseal(...args: string[]): string[] {
  return [process.execPath, CLI, ...args];
}

const PASSWORD = { FNSEAL_PASSWORD: "bench", COSIGN_PASSWORD: "bench" };

/** Runs a command that has to succeed. What it asks may run in this process. */
export async function run([command = "", ...args]: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...PASSWORD }, stdio: "pipe" });
  const said: string[] = [];
  child.stdout.resume();
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${said.join("")}`);
}

/** Linux tells a process's high-water mark while it lives; it is asked until the process ends. */
export function measure([command = "", ...args]: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, stdio: "ignore" });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${String(child.pid)}/status`, "utf8");
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // Ended, or another system, where the figure stays 0.
      }
    }, 4);
    child.on("error", reject);
    child.on("exit", (code) => {
      const wall = performance.now() - start;
      clearInterval(timer);
      if (code === 0) resolve({ wall, peak });
      else reject(new Error(`${command} ended with ${String(code)}`));
    });
  });
}

/** Commands by name, in turn, so that a machine that slows down slows all of them down. */
export async function inTurn<T extends string>(
  commands: Readonly<Record<T, readonly string[]>>,
  cwd: string,
  rounds: number,
): Promise<Record<T, Run>[]> {
  const samples: Record<T, Run>[] = [];
  for (let round = -1; round < rounds; round++) {
    const sample: Partial<Record<T, Run>> = {};
    for (const name of Object.keys(commands) as T[]) sample[name] = await measure(commands[name], cwd);
    if (round >= 0) samples.push(sample as Record<T, Run>);
  }
  return samples;
}

/** How the times of two commands compare, pair by pair. */
export function timeRow(name: string, pairs: readonly (readonly [number, number])[]): Row {
  const ratio = median(pairs.map(([ours, theirs]) => ours / theirs));
  const ours = median(pairs.map(([a]) => a));
  const theirs = median(pairs.map(([, b]) => b));
  return {
    name: `${name}: time`,
    measured: `${ratio.toFixed(2)} times cosign verify-blob (${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms)`,
    target: "no slower",
    isMet: ratio <= 1,
  };
}
