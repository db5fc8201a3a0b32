import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Environment } from "../environment.ts";
import { exists, writeFiles } from "../files.ts";
import { VERSION } from "../version.ts";
import { type Project, upwards } from "./project.ts";
import { FOLDER } from "./templates.ts";

const PACKAGE = "@fnseal/policypack";

/** How to get the policy pack into a project. */
export interface Installation {
  /** Where npm runs. */
  readonly folder: string;
  readonly args: readonly string[];
}

/** The policy pack's folder: in the project or above it, else beside this program. */
export function findPolicyPack(project: Project, entry: string | undefined): string | undefined {
  const installed = [...upwards(project.folder), join(project.folder, FOLDER, "policypack")].map(inModules);
  return [...installed, ...besideProgram(entry)].find((folder) =>
    existsSync(join(folder, "PulumiPolicy.yaml")),
  );
}

function inModules(folder: string): string {
  return join(folder, "node_modules", ...PACKAGE.split("/"));
}

function besideProgram(entry: string | undefined): string[] {
  if (entry === undefined || !existsSync(entry)) return [];
  const program = realpathSync(entry);
  // What npx fetched is gone some day; a path into its cache must not end up in anyone's scripts.
  if (program.split(sep).includes("_npx")) return [];
  const folder = dirname(program);
  return [join(folder, "..", "..", "policypack"), ...upwards(folder).map(inModules)];
}

/** A project of Node.js gets it as a development dependency; any other in a folder of its own. */
export function installation(project: Project): Installation {
  const folder = project.isNode ? project.folder : join(project.folder, FOLDER, "policypack");
  return { folder, args: ["install", project.isNode ? "--save-dev" : "--save", `${PACKAGE}@${VERSION}`] };
}

/** @returns whether npm succeeded and the pack is there */
export async function installPolicyPack(project: Project, { execute }: Environment): Promise<boolean> {
  const { folder, args } = installation(project);
  if (!project.isNode) {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "package.json");
    if (!exists(path))
      writeFiles([{ path, content: `${JSON.stringify({ private: true })}\n`, replace: false }]);
  }
  try {
    return (
      (await execute("npm", args, folder)) === 0 && existsSync(join(inModules(folder), "PulumiPolicy.yaml"))
    );
  } catch {
    // No npm: the command that is printed says what is missing.
    return false;
  }
}

/** How a command line that runs in the project's folder names another folder. */
export function pathFrom(folder: string, path: string): string {
  const short = relative(folder, path);
  return short.startsWith(join("..", "..", "..")) ? path : short || ".";
}
