import { resolve } from "node:path";
import { projectFileIn, readProject } from "@fnseal/core/program";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { printableLine } from "../output.ts";
import { statOf } from "../files.ts";

/** A Pulumi project's folder, absolute, and its name. */
export interface NamedProject {
  readonly folder: string;
  /** `undefined` where its file does not say a usable one. */
  readonly name: string | undefined;
}

/** @throws FnsealError `usage-invalid` where there is no project */
export function projectAt(path: string, { cwd }: Pick<Environment, "cwd">): NamedProject {
  const folder = resolve(cwd, path);
  const shown = printableLine(path);
  if (statOf(folder)?.isDirectory() !== true) throw usageError(`--program: ${shown} is not a folder`);
  const file = projectFileIn(folder);
  if (file === undefined) {
    throw usageError(`--program: there is no Pulumi.yaml in ${shown}; name the project's folder`);
  }
  const { name } = readProject(file);
  return {
    folder,
    name: typeof name === "string" && /^[A-Za-z0-9_.-]{1,100}$/.test(name) ? name : undefined,
  };
}
