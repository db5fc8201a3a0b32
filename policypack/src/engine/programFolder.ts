import { existsSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { FnsealError, folderOfMain, projectFileIn, readProject } from "@fnseal/core";
import { type Ancestor, ancestors } from "./processes.ts";

/** A folder from which the program's relative paths may start, and how it was found. */
export interface ProgramFolder {
  readonly folder: string;
  /** The folder of Pulumi.yaml: what the configuration's own paths are relative to. */
  readonly projectFolder: string;
}

/** What tells where the program is. Passed in for tests; see {@link programFolders}. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ancestors: readonly Ancestor[];
}

export function currentSurroundings(): Surroundings {
  return { environment: process.env, ancestors: ancestors() };
}

/**
 * The folders that may be the program's. Nothing official says which one is: the engine runs a pack in the
 * pack's own folder. In this order:
 *
 * 1. `programFolder` of the configuration or FNSEAL_PROGRAM_FOLDER, and then no other
 * 2. the engine's own working folder (the process named `pulumi` above this one), and then no other: the engine
 *    itself reads the program's files from there
 * 3. the nearest Pulumi.yaml of this project upwards of PWD and of the other processes above this one
 *
 * @param project the project's name, from the resource's URN
 * @returns several where they could not be told apart: then their content has to agree
 */
export function programFolders(
  project: string,
  configured: string | undefined,
  surroundings: Surroundings,
): ProgramFolder[] {
  const explicit = configured ?? surroundings.environment["FNSEAL_PROGRAM_FOLDER"];
  if (explicit) return [explicitFolder(explicit)];
  const engine = surroundings.ancestors.find(({ name }) => /^pulumi(\.exe)?$/.test(name));
  const fromEngine = engine && findProject(engine.folder, project);
  if (fromEngine) return [fromEngine];
  const starts = [surroundings.environment["PWD"], ...surroundings.ancestors.map(({ folder }) => folder)];
  const found = starts.flatMap((start) => (start ? (findProject(start, project) ?? []) : []));
  return [...new Map(found.map((entry) => [entry.folder, entry])).values()];
}

function explicitFolder(folder: string): ProgramFolder {
  if (!isAbsolute(folder)) {
    throw new FnsealError(
      "config-invalid",
      `programFolder: ${JSON.stringify(folder)} is not an absolute path`,
    );
  }
  if (!existsSync(folder)) {
    throw new FnsealError("config-invalid", `programFolder: there is no ${JSON.stringify(folder)}`);
  }
  return { folder, projectFolder: projectFileIn(folder) ? folder : (findUpwards(folder) ?? folder) };
}

/** The nearest Pulumi.yaml upwards that is of this project, with its `main`. */
function findProject(start: string, project: string): ProgramFolder | undefined {
  const projectFolder = findUpwards(resolve(start));
  if (projectFolder === undefined) return undefined;
  const { name, main } = readProject(projectFileIn(projectFolder) ?? "");
  if (name !== project) return undefined;
  return { folder: folderOfMain(projectFolder, main), projectFolder };
}

function findUpwards(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (projectFileIn(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
