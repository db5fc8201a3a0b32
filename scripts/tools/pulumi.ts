import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { builtPath, ensureBuilt } from "./build.ts";
import type { GoTool } from "./build.ts";
import { findProgram } from "./find.ts";

const VERSION = "v3.230.0";

const tool: GoTool = {
  name: "pulumi",
  module: "pulumi",
  version: VERSION,
  command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${VERSION}`,
  notice: "building the Pulumi engine (3 to 8 minutes, once) …",
  withoutGo:
    "neither the Pulumi CLI (3.200 or later, with its Node.js language host) nor Go was found on PATH: " +
    "install the Pulumi CLI, https://www.pulumi.com/docs/iac/download-install/",
};

/** An engine, and whether it came as a release with language hosts of its own. */
export interface Engine {
  command: string;
  released: boolean;
}

/** Makes sure there is an engine: the one installed, or else one built from source. */
export async function ensurePulumi(): Promise<Engine> {
  return installedPulumi() ?? { command: await ensureBuilt(tool), released: false };
}

/** The engine that `ensurePulumi` found or built earlier; undefined where it has not run. */
export function findPulumi(): Engine | undefined {
  const built = builtPath(tool);
  return installedPulumi() ?? (existsSync(built) ? { command: built, released: false } : undefined);
}

/** The Pulumi CLI on PATH when it is new enough and has a Node.js language host. */
function installedPulumi(): Engine | undefined {
  const command = findProgram("pulumi");
  if (command === undefined) return undefined;
  if (findProgram("pulumi-language-nodejs", [dirname(command)]) === undefined) return undefined;
  const version = /^v?3\.(\d+)\./.exec(versionOf(command));
  return Number(version?.[1] ?? 0) >= 200 ? { command, released: true } : undefined;
}

function versionOf(command: string): string {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  try {
    return execFileSync(command, ["version"], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
