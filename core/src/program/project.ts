import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parse } from "yaml";
import { isRecord } from "../record.ts";

/** Names of a project's file, in the order in which the first that is there counts. */
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** What a project's file says, as far as it matters here. Nothing in it is believed to be of a type. */
export interface ProjectFile {
  readonly name: unknown;
  /** The program's file or folder, where it is not the project's own. */
  readonly main: unknown;
}

/** The path of a folder's project file; `undefined` where it has none. */
export function projectFileIn(folder: string): string | undefined {
  return PROJECT_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** Reads a project's file. One that cannot be read says nothing. */
export function readProject(path: string): ProjectFile {
  try {
    const project: unknown = parse(readFileSync(path, "utf8"), { maxAliasCount: 100 });
    return isRecord(project)
      ? { name: project["name"], main: project["main"] }
      : { name: undefined, main: undefined };
  } catch {
    return { name: undefined, main: undefined };
  }
}

/** As the engine does it: a folder is itself, a file is in its folder. Source: pulumi, engine.ProjectInfo.GetPwdMain. */
export function folderOfMain(root: string, main: unknown): string {
  if (typeof main !== "string" || main === "") return root;
  const path = resolve(root, main);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? path : dirname(path);
}

/** A path below a folder, `/` between the parts and empty for the folder itself; `undefined` where it is elsewhere. */
export function below(root: string, path: string): string | undefined {
  const inside = relative(root, path).split(sep).join("/");
  return inside === ".." || inside.startsWith("../") || resolve(root, inside) !== resolve(path)
    ? undefined
    : inside;
}
