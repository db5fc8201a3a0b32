import { basename, join } from "node:path";
import {
  addedExclusions,
  checkDependencies,
  createProgramStatement,
  PROGRAM_NAME,
  PROGRAM_PREDICATE_TYPE,
  programPattern,
  readProgram,
  type ReadProgram,
  type Selection,
  selectionPattern,
  USUAL_EXCLUSIONS,
} from "@fnseal/core";
import { assertUnambiguous, digestLines } from "../artifact.ts";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { printableLine, type Result } from "../output.ts";
import type { PlaceOptions } from "../places.ts";
import { createProgress } from "../progress.ts";
import { signAndWrite } from "../signAndWrite.ts";
import type { Signing } from "../signing.ts";
import { assertPatterns } from "../signOptions.ts";
import { VERSION } from "../version.ts";
import { namesIn, type KindOptions } from "./kind.ts";
import { type NamedProject, projectAt } from "./project.ts";
import { untilOf } from "./until.ts";

/** Files that a person is shown. */
const SHOWN = 20;

/** The names and digests of more, or longer ones, are left out of the statement: a bundle must stay readable. */
const MOST_FILES = 10_000;
const MOST_CHARACTERS = 2_000_000;

/**
 * Signs the program in a project's folder.
 *
 * @throws FnsealError `usage-invalid`, `lock-…`, `program-main-outside`, and as `digestPath` does
 */
export async function signProgram(
  path: string,
  { signStatement, signedAt, expires }: Signing,
  options: PlaceOptions & KindOptions,
  environment: Environment,
): Promise<Result> {
  const project = projectAt(path, environment);
  const names = programsOf(project, options);
  const selection = selectionOf(options);
  const program = await read(project, path, selection, environment);
  assertUnambiguous(program.artifact, path);
  const locks = checkDependencies(program);
  const { digests } = program.artifact;
  const files = digestsByName(program);
  const limits = { signedAt: signedAt.toISOString(), ...(expires && { expires: expires.toISOString() }) };
  const statement = createProgramStatement(
    { name: basename(project.folder), digests },
    {
      ...{ programs: names, include: [...selection.include], exclude: [...selection.exclude] },
      ...(files && { files }),
      ...limits,
      generator: `fnseal/${VERSION}`,
    },
  );
  const dependencies = locks.map(({ name, packages }) => `${name} (${packages} packages)`).join(", ");
  const added = addedExclusions(selection.exclude);
  return signAndWrite(
    {
      ...{ path, digests, statement, shape: "program" },
      beside: join(project.folder, PROGRAM_NAME),
      about: { predicateType: PROGRAM_PREDICATE_TYPE, names },
      shown: {
        ...{ shape: "program", digests, kind: "program", names, signedAt, expires: expires ?? null },
        ...{ ...selection, locks, covered: program.files },
      },
      lines: [
        ...digestLines(program.artifact),
        `  for: programs ${names.join(", ")}${untilOf(expires)}`,
        ...coverLines(program, signStatement === undefined),
        `  leaves out: ${selection.exclude.join(", ")}`,
        ...(selection.include.length > 0 ? [`  but covers: ${selection.include.join(", ")}`] : []),
        `  dependencies: ${dependencies || "none"}`,
        ...(added.length > 0
          ? [`  note: a rule of the trust policy has to name ${added.join(", ")} under allowedExclusions`]
          : []),
      ],
    },
    signStatement,
    options,
    environment,
  );
}

async function read(
  { folder }: NamedProject,
  path: string,
  selection: Selection,
  environment: Environment,
): Promise<ReadProgram> {
  const { onProgress, end } = createProgress(environment, path);
  try {
    return await readProgram(folder, selection, { onProgress });
  } finally {
    end();
  }
}

function programsOf({ name }: NamedProject, { program }: KindOptions): string[] {
  const given = namesIn(program);
  assertPatterns(given, "--program", programPattern());
  if (given.length > 0) return [...given];
  if (name !== undefined) return [`${name}/*`];
  throw usageError("Pulumi.yaml says no usable name: name the program with --program PROJECT/STACK");
}

function selectionOf({ include = [], exclude = [] }: KindOptions): Selection {
  assertPatterns(include, "--include", selectionPattern());
  assertPatterns(exclude, "--exclude", selectionPattern());
  return { include, exclude: [...new Set([...USUAL_EXCLUSIONS, ...exclude])] };
}

/** For the messages of whoever verifies. */
function digestsByName({ files }: ReadProgram): Record<string, string> | undefined {
  const characters = files.reduce((sum, { name }) => sum + name.length + 70, 0);
  if (files.length > MOST_FILES || characters > MOST_CHARACTERS) return undefined;
  return Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]));
}

function coverLines({ artifact, files }: ReadProgram, isDryRun: boolean): string[] {
  const names = isDryRun ? files.slice(0, SHOWN).map(({ name }) => `    ${printableLine(name)}`) : [];
  const more =
    isDryRun && files.length > SHOWN ? [`    and ${files.length - SHOWN} more (--json lists all)`] : [];
  return [`  covers: ${artifact.files} files, ${artifact.bytes} bytes`, ...names, ...more];
}
