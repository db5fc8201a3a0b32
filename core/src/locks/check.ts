import { posix } from "node:path";
import { quote } from "../digest/text.ts";
import { FnsealError } from "../errors.ts";
import { isRecord } from "../record.ts";
import { checkNpmLock } from "./npm.ts";
import { checkGoSum, checkNugetLock, requiredModules } from "./others.ts";
import { checkPnpmLock } from "./pnpm.ts";
import { checkPipfileLock, checkRequirements, checkTomlLock, namesPythonPackages } from "./python.ts";
import { type CoveredFiles, type Lock, parseJson } from "./types.ts";
import { checkYarnLock } from "./yarn.ts";

type CheckText = (name: string, content: string, folder: string) => Lock;

/** Lock files that say by themselves what they pin. */
const NODE_LOCKS: Readonly<Record<string, CheckText>> = {
  "package-lock.json": checkNpmLock,
  "npm-shrinkwrap.json": checkNpmLock,
  "yarn.lock": checkYarnLock,
  "pnpm-lock.yaml": checkPnpmLock,
};
const PYTHON_LOCKS: Readonly<Record<string, CheckText>> = {
  "poetry.lock": checkTomlLock,
  "uv.lock": checkTomlLock,
  "Pipfile.lock": checkPipfileLock,
};
/** Programs whose package managers pin nothing by hash, as far as is read here. */
const UNPINNED = ["pom.xml", "build.gradle", "build.gradle.kts", "build.sbt"];

/**
 * Checks that a program's dependencies are pinned: each list of dependencies from its folder up to the root has a lock
 * file beside or above it, and each lock file that is there has a hash for everything.
 *
 * @param files all covered files
 * @param main the folder that the program starts in, relative; empty for the root
 * @returns the lock files; none where there are no dependencies
 * @throws FnsealError `lock-missing`, `lock-incomplete`, `lock-unreadable`
 */
export function checkLocks(files: CoveredFiles, main: string): Lock[] {
  const folders = upwards(main);
  const locks = folders.flatMap((folder) => locksIn(folder, files));
  for (const [index, folder] of folders.entries()) {
    const needed = manifestsIn(folder, files);
    const near = folders.slice(index);
    for (const { manifest, by } of needed) {
      const found = near.some((place) =>
        by.some((name) => locks.some((lock) => lock.name === at(place, name))),
      );
      if (!found) throw missing(manifest, by);
    }
  }
  return locks;
}

function missing(manifest: string, by: readonly string[]): FnsealError {
  const wanted =
    by.length > 0
      ? `none of ${by.join(", ")} is among the covered files`
      : "no lock file of its kind is read";
  return new FnsealError("lock-missing", `${quote(manifest)} names dependencies, and ${wanted}`);
}

/** A folder and those above it, to the root. */
function upwards(folder: string): string[] {
  return folder === "" || folder === "." ? [""] : [folder, ...upwards(posix.dirname(folder))];
}

function at(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function locksIn(folder: string, files: CoveredFiles): Lock[] {
  const locks: Lock[] = [];
  for (const [name, check] of Object.entries({ ...NODE_LOCKS, ...PYTHON_LOCKS })) {
    const path = at(folder, name);
    if (files.has(path)) locks.push(check(path, files.read(path), folder));
  }
  const requirements = at(folder, "requirements.txt");
  if (files.has(requirements)) locks.push(checkRequirements(requirements, files));
  const nuget = at(folder, "packages.lock.json");
  if (files.has(nuget)) locks.push(checkNugetLock(nuget, files.read(nuget)));
  const mod = at(folder, "go.mod");
  const sum = at(folder, "go.sum");
  if (files.has(mod) && files.has(sum)) locks.push(checkGoSum(sum, files.read(sum), files.read(mod), folder));
  return locks;
}

interface Manifest {
  readonly manifest: string;
  /** Lock files that would do. */
  readonly by: readonly string[];
}

/** The files of a folder that name dependencies. */
function manifestsIn(folder: string, files: CoveredFiles): Manifest[] {
  const found: Manifest[] = [];
  const add = (
    name: string,
    by: readonly string[],
    names: (content: string, path: string) => boolean,
  ): void => {
    const path = at(folder, name);
    if (files.has(path) && names(files.read(path), path)) found.push({ manifest: path, by });
  };
  add("package.json", Object.keys(NODE_LOCKS), namesNodePackages);
  const python = [...Object.keys(PYTHON_LOCKS), "requirements.txt"];
  add("pyproject.toml", python, namesPythonPackages);
  add("Pipfile", ["Pipfile.lock"], () => true);
  add("go.mod", ["go.sum"], (content) => requiredModules(content).length > 0);
  for (const name of UNPINNED) add(name, [], () => true);
  for (const path of files.names()) {
    const isProject = posix.dirname(path) === (folder || ".") && /\.(?:cs|fs|vb)proj$/.test(path);
    if (isProject && files.read(path).includes("<PackageReference")) {
      found.push({ manifest: path, by: ["packages.lock.json"] });
    }
  }
  return found;
}

const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

function namesNodePackages(content: string, path: string): boolean {
  const manifest = parseJson(path, content);
  return (
    isRecord(manifest) &&
    DEPENDENCIES.some((field) => isRecord(manifest[field]) && Object.keys(manifest[field]).length > 0)
  );
}
