import { resolve } from "node:path";
import { archiveKind } from "@fnseal/core/digest/archiveKind";
import type { Command } from "commander";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { statOf } from "../files.ts";
import { collect, collectNamed } from "../help.ts";

/** What a path is to be signed or verified as, as a command line says it. `true` is the option without a name. */
export interface KindOptions {
  readonly file?: readonly string[] | true;
  readonly program?: readonly string[] | true;
  readonly exclude?: readonly string[];
  readonly include?: readonly string[];
}

export type Kind = "code" | "file" | "program";

export function addKindOptions(command: Command, verb: "sign" | "verify"): Command {
  const [file, program] =
    verb === "sign"
      ? [
          "a deployment file or folder, as of a chart; for these names, with * and ? (repeatable; default: any)",
          "a Pulumi program, by its project's folder; for these PROJECT/STACK (repeatable; default: its own project)",
        ]
      : [
          "a deployment file or folder; its name (default: the path from here)",
          "a Pulumi program, by its project's folder; its PROJECT/STACK",
        ];
  command
    .option("--file [name]", file, collectNamed)
    .option("--program [project/stack]", program, collectNamed)
    .option(
      "--exclude <pattern>",
      verb === "sign"
        ? "with --program: files to leave out besides node_modules and the like (repeatable)"
        : "with --program and --key: what a signature may leave out (repeatable)",
      collect,
    );
  if (verb === "verify") return command;
  return command.option(
    "--include <pattern>",
    "with --program: files to cover although they would be left out (repeatable)",
    collect,
  );
}

export const KIND_HELP =
  "A file that is no archive is a deployment file: a template, a manifest. With --file that is said of a folder or an archive\n" +
  "too, as of a Helm chart. With --program the path is a Pulumi project's folder: all its files count but version control,\n" +
  "installed dependencies, bundles and what --exclude names, and lock files have to say which dependencies it has. Neither\n" +
  "approves code of a function, nor does code's signature approve them.";

/** @throws FnsealError `usage-invalid` */
export function assertKindOptions({ file, program, exclude, include }: KindOptions, others: object): void {
  if (file !== undefined && program !== undefined)
    throw usageError("--file and --program exclude each other");
  if (program === undefined && (exclude ?? include) !== undefined)
    throw usageError("--exclude and --include go with --program");
  if (file === undefined && program === undefined) return;
  const option = file === undefined ? "--program" : "--file";
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) throw usageError(`${option} and --${name} exclude each other`);
  }
}

/** What a path is: what the options say, and else a file that is no archive is a deployment file. */
export function kindOf(
  path: string,
  { file, program, isCode }: KindOptions & { readonly isCode: boolean },
  { cwd }: Pick<Environment, "cwd">,
): Kind {
  if (program !== undefined) return "program";
  if (file !== undefined) return "file";
  if (isCode || archiveKind(path) !== undefined) return "code";
  return statOf(resolve(cwd, path))?.isFile() === true ? "file" : "code";
}

/** The names that were given; none where the option stands alone. */
export function namesIn(option: readonly string[] | true | undefined): readonly string[] {
  return option === undefined || option === true ? [] : option;
}
