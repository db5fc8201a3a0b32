import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb.js";

/** What Pulumi.yaml says under `runtime.options` (or PulumiPolicy.yaml, or PulumiPlugin.yaml). */
export interface NodeOptions {
  /** True unless switched off, as in the official host: the SDK then loads its TypeScript compiler. */
  typescript: boolean;
  tsconfig: string | undefined;
  nodeArgs: readonly string[];
}

/** Reads the options as the official host does, with its messages. */
export function parseOptions(info: ProgramInfo): NodeOptions {
  const options: Record<string, unknown> = info.getOptions()?.toJavaScript() ?? {};
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (tsconfig !== undefined && typeof tsconfig !== "string") {
    throw new Error("tsconfigpath option must be a string");
  }
  if (typeof nodeargs !== "string") throw new Error("nodeargs option must be a string");
  return { typescript, tsconfig, nodeArgs: nodeargs.split(/\s+/).filter((arg) => arg !== "") };
}

/** The environment variables by which the SDK learns those options. */
export function optionVariables(options: NodeOptions): Record<string, string> {
  return {
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/** Finds a module as `require` would in that folder, so that each program and pack runs on its own SDK. */
export function locateModule(module: string, folder: string): string {
  // The official host asks a Node started in the folder, whose working directory is the real path.
  const require = createRequire(join(realpathSync(folder), "index.js"));
  try {
    return require.resolve(module);
  } catch (cause) {
    const message = "It looks like the Pulumi SDK has not been installed. Have you run npm install";
    throw new Error(`${message} in ${folder}?`, { cause });
  }
}

/** The message's program; the engine always sends one. */
export function programOf(request: { getInfo: () => ProgramInfo | undefined }): ProgramInfo {
  const info = request.getInfo();
  if (info === undefined) throw new Error("the engine sent no program info");
  return info;
}
