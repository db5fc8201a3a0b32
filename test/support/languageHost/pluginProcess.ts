import type { ServerWritableStream } from "@grpc/grpc-js";
import type { ChildProcess } from "node:child_process";
import language from "@pulumi/pulumi/proto/language_pb.js";
import type { RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { startNode } from "./children.ts";
import { locateModule, optionVariables, parseOptions, programOf } from "./program.ts";

/** The engine's call that runs a plugin: it lasts as long as the plugin, and carries its output. */
export type PluginCall = ServerWritableStream<RunPluginRequest, RunPluginResponse>;

export interface PluginStart {
  args: readonly string[];
  cwd: string;
  /** Beside what the engine sends. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Starts the SDK's runner of that kind of plugin; what it writes to stderr goes to the engine. The environment
 * is the engine's and nothing more, so `PWD` stays the user's shell folder whatever the working directory is.
 */
export function startPlugin(call: PluginCall, runner: string, start: PluginStart): ChildProcess {
  const info = programOf(call.request);
  const options = parseOptions(info);
  const script = locateModule(runner, info.getProgramDirectory());
  const child = startNode([...options.nodeArgs, script, ...start.args], {
    cwd: start.cwd,
    env: { ...variables(call.request.getEnvList()), ...optionVariables(options), ...start.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => child.kill("SIGKILL"));
  child.stderr?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStderr(data)));
  return child;
}

export function writeStdout(call: PluginCall, data: Uint8Array): void {
  call.write(new language.RunPluginResponse().setStdout(data));
}

/** `NAME=value` pairs as the engine sends them; of equal names the last counts, as in Go. */
function variables(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf("=", 1);
      return [pair.slice(0, end), pair.slice(end + 1)];
    }),
  );
}
