import { existsSync } from "node:fs";
import { builtPath, ensureBuilt } from "./build.ts";
import type { GoTool } from "./build.ts";

const tool: GoTool = {
  name: "cosign",
  module: "cosign",
  version: "v3.1.3",
  command: "github.com/sigstore/cosign/v3/cmd/cosign",
  notice: "building cosign (3 to 8 minutes, once) …",
  withoutGo: "Go was not found on PATH: it is needed to build the cosign that the tests compare with",
};

/** Makes sure that cosign is there, in exactly the version whose behaviour the tests state. */
export async function ensureCosign(): Promise<string> {
  return ensureBuilt(tool);
}

/** The cosign built earlier; undefined where `node scripts/tools.ts cosign` has not run. */
export function findCosign(): string | undefined {
  const path = builtPath(tool);
  return existsSync(path) ? path : undefined;
}
