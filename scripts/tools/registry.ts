import { existsSync } from "node:fs";
import { builtPath, ensureBuilt } from "./build.ts";
import type { GoTool } from "./build.ts";

const tool: GoTool = {
  name: "registry",
  module: "registry",
  version: "v3.1.2",
  command: "github.com/distribution/distribution/v3/cmd/registry",
  notice: "building the OCI registry (half a minute to a minute, once) …",
  withoutGo: "Go was not found on PATH: it is needed to build the registry that the tests sign images in",
};

/** Makes sure that the CNCF's own registry is there, in the version whose behaviour the tests state. */
export async function ensureRegistry(): Promise<string> {
  return ensureBuilt(tool);
}

/** The registry built earlier. Throws where `node scripts/tools.ts registry` has not run. */
export function findRegistry(): string {
  const path = builtPath(tool);
  if (!existsSync(path)) throw new Error("the registry is not built: run `node scripts/tools.ts registry`");
  return path;
}
