import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_MS = 30_000;
const END_MS = 3_000;

/** A program that serves HTTP on loopback. */
export interface Service {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Starts a program and waits until `ready` answers below 500 on its port. */
export async function startService(
  program: string,
  args: readonly string[],
  port: number,
  ready: string,
): Promise<Service> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-100_000)));
  }
  const url = `http://127.0.0.1:${port}`;
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  const stop = async (): Promise<void> => {
    process.off("exit", onExit);
    await end(child);
  };
  const deadline = Date.now() + READY_MS;
  const isRunning = (): boolean => child.exitCode === null;
  while (Date.now() < deadline && isRunning()) {
    await sleep(50);
    const response = await fetch(`${url}${ready}`).catch(() => undefined);
    if (response === undefined || response.status >= 500) continue;
    // One that lacks another address of its own answers for a moment before it ends.
    await sleep(300);
    if (isRunning()) return { url, stop };
  }
  await stop();
  throw new Error(`${program} did not start\n${log}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const late = new AbortController();
  await Promise.race([closed, sleep(END_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  child.kill("SIGKILL");
}
