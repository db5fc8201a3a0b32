import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { findPulumi } from "../../../scripts/tools/pulumi.ts";
import type { AwsCall } from "../plugins/log.ts";
import { environment } from "./environment.ts";
import { judgementsIn, readEvents, violationsIn } from "./events.ts";
import {
  copyFolder,
  linkModules,
  readTextIfAny,
  removeFolder,
  temporaryFolder,
  writeFiles,
} from "./folder.ts";
import { ensureHosts } from "./hosts.ts";
import type { Hosts } from "./hosts.ts";
import { packArguments } from "./packArguments.ts";
import { projectFile } from "./projectFile.ts";
import { run } from "./run.ts";
import type { Project, ProjectOptions, Result, RunSettings } from "./types.ts";

const TIMEOUT_MS = 90_000;
const STACK = ["--stack", "dev"];
const QUIET = ["--non-interactive", "--color", "never"];

/** A Pulumi project in a temporary folder, with a backend of its own and a stack named `dev`. */
export async function newProject(options: ProjectOptions): Promise<Project> {
  const engine = findPulumi();
  if (engine === undefined) throw new Error("no Pulumi engine: run `node scripts/tools.ts pulumi`");
  const hosts = ensureHosts(engine);
  const base = temporaryFolder("project");
  const folder = join(base, "project");
  const places = { home: join(base, "home"), backend: join(base, "state"), awsLog: join(base, "aws.jsonl") };
  for (const each of [folder, places.home, places.backend]) mkdirSync(each);
  layOut(folder, options, hosts);

  const execute = commandsIn(folder, { ...environment(hosts, places), ...options.env });
  const pulumi: Project["pulumi"] = (args, settings) => execute(hosts.command, args, settings);
  let runs = 0;
  const operation = async (command: readonly string[], settings: RunSettings = {}): Promise<Result> => {
    const scratch = join(base, `run-${++runs}`);
    const log = join(scratch, "events.jsonl");
    mkdirSync(scratch);
    const packs = packArguments(settings.policyPacks ?? [], scratch);
    const args = [...command, ...QUIET, "--suppress-progress", ...STACK, "--event-log", log, ...packs];
    const finished = await pulumi(args, settings);
    const events = readEvents(log);
    return { ...finished, events, violations: violationsIn(events), judgements: judgementsIn(events) };
  };

  const project: Project = {
    folder,
    preview: (settings) => operation(["preview"], settings),
    up: (settings) => operation(["up", "--yes", "--skip-preview"], settings),
    refresh: (settings) => operation(["refresh", "--yes", "--skip-preview"], settings),
    destroy: (settings) => operation(["destroy", "--yes", "--skip-preview"], settings),
    pulumi,
    execute,
    awsCalls: () =>
      readTextIfAny(places.awsLog)
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AwsCall),
    remove: () => removeFolder(base),
  };
  await initialise(project);
  return project;
}

/** Writes the project's files over those of a copied folder. */
function layOut(folder: string, options: ProjectOptions, hosts: Hosts): void {
  const { program, config, main = "", files } = options;
  if (options.folder !== undefined) copyFolder(options.folder, folder);
  writeFiles(folder, {
    "Pulumi.yaml": projectFile(readTextIfAny(join(folder, "Pulumi.yaml")), options, hosts.providers),
    // `stack init` keeps it and adds its own lines: one command less.
    ...(config === undefined ? {} : { "Pulumi.dev.yaml": JSON.stringify({ config }) }),
    ...(program === undefined ? {} : { [join(main, "index.js")]: program }),
    ...files,
  });
  // Without one the SDK warns at every run.
  const manifest = existsSync(join(folder, "package.json"));
  if (!manifest) writeFiles(folder, { "package.json": JSON.stringify({ name: "demo", private: true }) });
  linkModules(folder);
}

function commandsIn(folder: string, fixed: Readonly<Record<string, string>>): Project["execute"] {
  return (command, args, settings = {}) => {
    const cwd = resolve(folder, settings.cwd ?? ".");
    return run(command, [...args, ...(settings.args ?? [])], {
      cwd,
      // A shell sets PWD; spawn does not.
      env: { ...fixed, PWD: cwd, ...settings.env },
      timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
    });
  };
}

async function initialise(project: Project): Promise<void> {
  const { exitCode, stderr } = await project.pulumi(["stack", "init", "dev", ...QUIET]);
  if (exitCode === 0) return;
  project.remove();
  throw new Error(`pulumi stack init failed: ${stderr}`);
}
