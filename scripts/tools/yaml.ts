import { existsSync } from "node:fs";
import { builtPath, ensureBuilt } from "./build.ts";
import type { GoTool } from "./build.ts";

const tool: GoTool = {
  name: "pulumi-language-yaml",
  module: "yaml",
  version: "v1.10.0",
  command: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  notice: "building the YAML language host (1 to 3 minutes, once) …",
  withoutGo: "Go was not found on PATH: it is needed to build the YAML language host",
};

/** Makes sure there is a language host for `runtime: yaml` programs beside the engine built from source. */
export async function ensureYaml(): Promise<string> {
  return ensureBuilt(tool);
}

/** The YAML language host built earlier; undefined where `node scripts/tools.ts yaml` has not run. */
export function findYaml(): string | undefined {
  const path = builtPath(tool);
  return existsSync(path) ? path : undefined;
}
