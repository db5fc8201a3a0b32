import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { usageError } from "../errors.ts";
import { statOf } from "../files.ts";

/** What there is already, seen from a Pulumi project's folder. */
export interface Project {
  /** The folder of Pulumi.yaml, absolute. */
  readonly folder: string;
  /** The repository's folder; the project's own where there is no repository. */
  readonly repository: string;
  /** The project's folder in the repository, `/` between the parts; `.` where they are the same. */
  readonly folderInRepository: string;
  readonly isNode: boolean;
  /** What is most likely the code to sign, relative to the project. */
  readonly artifact: string;
  readonly artifactExists: boolean;
}

const USUAL_ARTIFACTS = ["dist", "dist.zip", "build", "function.zip", "lambda", "app"];

/** @throws FnsealError `usage-invalid` where the folder is no Pulumi project */
export function findProject(folder: string): Project {
  if (!statOf(folder)?.isDirectory()) throw usageError(`${folder} is not a folder`);
  if (!["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)))) {
    throw usageError(
      `there is no Pulumi.yaml in ${folder}: run this in a Pulumi project's folder, or name it by --dir`,
    );
  }
  const repository = upwards(folder).find((parent) => existsSync(join(parent, ".git"))) ?? folder;
  const artifact = USUAL_ARTIFACTS.find((name) => existsSync(join(folder, name)));
  return {
    folder,
    repository,
    folderInRepository: relative(repository, folder).split(sep).join("/") || ".",
    isNode: existsSync(join(folder, "package.json")),
    artifact: artifact ?? "dist",
    artifactExists: artifact !== undefined,
  };
}

/** A folder and all above it, from the inside out. */
export function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}
