import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FnsealError, type KeyPairFiles } from "@fnseal/core";
import { reasonOf } from "../errors.ts";
import { exists, writeFiles } from "../files.ts";
import { writeKeyPair } from "../keyPair.ts";
import type { Project } from "./project.ts";
import { FOLDER, policyConfigTemplate, trustPolicyTemplate, workflowTemplate } from "./templates.ts";

/** What came of each file; paths are absolute. */
export interface Scaffolded {
  readonly created: readonly string[];
  readonly replaced: readonly string[];
  readonly kept: readonly string[];
}

interface Planned {
  readonly path: string;
  readonly content: string;
}

/** What must never reach the repository. */
const IGNORED = [`${FOLDER}/*.key`, `${FOLDER}/policypack/node_modules/`];

/** The prefix of the project's key pair. */
export function keyPrefix(project: Project): string {
  return join(project.folder, FOLDER, "fnseal");
}

/** Whether the project has one or the other half of a key pair: in a clone of it there is only the public one. */
export function hasKey(project: Project): boolean {
  return [".key", ".pub"].some((end) => exists(`${keyPrefix(project)}${end}`));
}

/**
 * Writes what is missing. With `force` the trust policy, the configuration and the workflow are written anew; keys
 * never are.
 *
 * @param pair the new key pair, where the project has none
 * @throws FnsealError `file-unwritable`
 */
export function scaffold(
  project: Project,
  functions: readonly string[] | undefined,
  pair: KeyPairFiles | undefined,
  force: boolean,
): Scaffolded {
  const created: string[] = [];
  const replaced: string[] = [];
  const kept: string[] = [];
  // First what keeps the key out of the repository, then the key.
  ignore(project, { created, replaced, kept });
  const prefix = keyPrefix(project);
  makeFolder(dirname(prefix));
  if (pair) writeKeyPair(project.folder, prefix, pair, false);
  for (const path of [`${prefix}.key`, `${prefix}.pub`]) {
    if (pair) created.push(path);
    else if (exists(path)) kept.push(path);
  }
  for (const { path, content } of plan(project, functions)) {
    const isThere = exists(path);
    if (isThere && (!force || readExisting(path) === content)) {
      kept.push(path);
      continue;
    }
    makeFolder(dirname(path));
    writeFiles([{ path, content, replace: force }]);
    (isThere ? replaced : created).push(path);
  }
  return { created, replaced, kept };
}

function plan(project: Project, functions: readonly string[] | undefined): Planned[] {
  const { folder, repository, folderInRepository, artifact, isNode } = project;
  const workflow = workflowTemplate({ folder: folderInRepository, artifact, functions, isNode });
  return [
    { path: join(folder, FOLDER, "trust-policy.yaml"), content: trustPolicyTemplate(functions) },
    { path: join(folder, FOLDER, "policy-config.json"), content: policyConfigTemplate() },
    { path: join(folder, FOLDER, "bundles", ".gitkeep"), content: "" },
    { path: join(repository, ".github", "workflows", "fnseal.yml"), content: workflow },
  ];
}

function ignore(
  project: Project,
  { created, replaced, kept }: { [Key in keyof Scaffolded]: string[] },
): void {
  const path = join(project.folder, ".gitignore");
  const isThere = exists(path);
  const text = isThere ? readExisting(path) : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const missing = IGNORED.filter((line) => !lines.includes(line));
  if (missing.length === 0) {
    kept.push(path);
    return;
  }
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  writeFiles([{ path, content: `${before}${missing.join("\n")}\n`, replace: isThere }]);
  (isThere ? replaced : created).push(path);
}

function readExisting(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new FnsealError("file-unreadable", `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new FnsealError("file-unwritable", `cannot make the folder ${path}: ${reasonOf(cause)}`, { cause });
  }
}
