import { once } from "node:events";
import type { Environment } from "./environment.ts";

const isWindows = process.platform === "win32";

/** The real environment, and what the process does when it is interrupted. */
export function createEnvironment(): Environment {
  // Files are written without giving up control, so that at any signal each one is whole or not there.
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  // Each write sees its own error; without a listener a closed pipe would end the process with a stack trace.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    // Made when it is first asked for: most commands read nothing, and it takes a while.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    entry: process.argv[1],
    execute,
    capture,
    open,
  };
}

async function execute(command: string, args: readonly string[], cwd: string): Promise<number> {
  const { spawn } = await import("node:child_process");
  // On Windows npm is a script, which only a shell can start.
  const child = spawn(command, args, { cwd, stdio: ["ignore", 2, 2], shell: isWindows });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

async function capture(command: string, args: readonly string[], timeout: number): Promise<string> {
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const { stdout } = await promisify(execFile)(command, args, { timeout, windowsHide: true });
  return stdout;
}

function open(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : isWindows
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  void import("node:child_process").then(({ spawn }) => {
    const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => undefined);
    child.unref();
  });
}
