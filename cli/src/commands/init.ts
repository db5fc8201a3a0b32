import { resolve } from "node:path";
import { FnsealError, generateKeyPairFiles } from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { errorResult } from "../errors.ts";
import { helpAfter } from "../help.ts";
import { findPolicyPack, installation, installPolicyPack, pathFrom } from "../init/policyPack.ts";
import { findProject, type Project } from "../init/project.ts";
import { hasKey, keyPrefix, scaffold, type Scaffolded } from "../init/scaffold.ts";
import { FOLDER } from "../init/templates.ts";
import { type Result, shellWord, shownPath } from "../output.ts";
import { addPasswordOption, PASSWORD_HELP, type PasswordOptions, readPassword } from "../password.ts";
import type { Context, Define } from "../registry.ts";
import { assertPatterns } from "../signOptions.ts";

interface Options extends PasswordOptions {
  readonly force?: boolean;
  readonly install: boolean;
  readonly functions?: readonly string[];
  readonly dir: string;
}

const NOTES = [
  `Writes ${FOLDER}/trust-policy.yaml, ${FOLDER}/fnseal.key and .pub, ${FOLDER}/bundles/, ${FOLDER}/policy-config.json and\n` +
    ".github/workflows/fnseal.yml, and installs the policy pack where it is not there. Files that exist are kept. With\n" +
    "--force they are written anew, but never keys: move those away to have new ones.",
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .option("--dir <folder>", "the Pulumi project's folder", ".")
    .option(
      "--functions <pattern...>",
      "the trust policy is only about these functions (default: all, and all layers)",
    )
    .option("--force", "write the files anew that exist; never the keys")
    .option("--no-install", "do not install the policy pack, only say how");
  addPasswordOption(command)
    .addHelpText(
      "after",
      helpAfter(["fnseal init", "fnseal init --dir infra --functions 'orders-*' payments"], NOTES),
    )
    .action((options: Options) => context.report(init(options, context)));
};

async function* init(options: Options, { environment }: Context): AsyncGenerator<Result> {
  const { functions, force = false } = options;
  const project = findProject(resolve(environment.cwd, options.dir));
  assertPatterns(functions ?? [], "--functions");
  const password = hasKey(project)
    ? undefined
    : await readPassword(
        environment,
        options,
        "new",
        shownPath(environment.cwd, `${keyPrefix(project)}.key`),
      );
  const pair = password === undefined ? undefined : await generateKeyPairFiles(password);
  const files = scaffold(project, functions, pair, force);

  const found = findPolicyPack(project, environment.entry);
  const install = found === undefined && options.install;
  const isInstalled = install && (await installPolicyPack(project, environment));
  const pack = isInstalled ? findPolicyPack(project, environment.entry) : found;
  const next = nextSteps(project, functions, pack, environment);
  yield {
    exit: 0,
    json: { status: "done", folder: project.folder, ...files, policyPack: pack ?? null, next },
    text: describe(project, files, next, environment),
  };
  if (install && pack === undefined) {
    const error = new FnsealError(
      "policy-pack-missing",
      "npm could not install the policy pack; the steps above say how",
    );
    yield errorResult(project.folder, error);
  }
}

/** Commands, in order, after which a signed program passes. */
function nextSteps(
  project: Project,
  functions: readonly string[] | undefined,
  pack: string | undefined,
  { cwd }: Environment,
): string[] {
  const { folder, artifact } = project;
  const { folder: at, args } = installation(project);
  const where = at === folder ? "" : ` --prefix ${shellWord(pathFrom(folder, at))}`;
  const path = pack ?? resolve(at, "node_modules/@fnseal/policypack");
  const patterns = (functions ?? []).map((pattern) => ` --function ${shellWord(pattern)}`).join("");
  return [
    ...(folder === cwd ? [] : [`cd ${shellWord(shownPath(cwd, folder))}`]),
    ...(pack === undefined ? [`npm${where} ${args.join(" ")}`] : []),
    `npx fnseal sign ${shellWord(artifact)}${patterns}`,
    `pulumi preview --policy-pack ${shellWord(pathFrom(folder, path))} --policy-pack-config ${FOLDER}/policy-config.json`,
  ];
}

function describe(
  project: Project,
  files: Scaffolded,
  next: readonly string[],
  { cwd }: Environment,
): string {
  const list = (label: string, paths: readonly string[]): string[] =>
    paths.map((path) => `  ${label} ${shownPath(cwd, path)}`);
  return [
    `fnseal is set up in ${project.folder}`,
    ...list("created ", files.created),
    ...list("changed ", files.replaced),
    ...list("exists  ", files.kept),
    `next${project.artifactExists ? "" : " (dist stands for the folder or zip that the function runs)"}:`,
    ...next.map((step) => `  ${step}`),
    `The private key and its password belong into your CI's secrets; ${FOLDER}/fnseal.key is kept out of git.`,
  ].join("\n");
}
