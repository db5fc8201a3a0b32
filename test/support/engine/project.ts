import { join, resolve } from "node:path";
import { existsSync, mkdirSync } from "node:fs";
import { findPulumi } from "../../../scripts/tools/pulumi.ts";
import type { AwsCall } from "../plugins/log.ts";
import { environment } from "./environment.ts";
import { judgementsIn, readEvents, violationsIn } from "./events.ts";
import type { EngineEvent, Judgement, Violation } from "./events.ts";
import {
  copyFolder,
  linkModules,
  readTextIfAny,
  removeFolder,
  temporaryFolder,
  writeFiles,
} from "./folder.ts";
import type { Files } from "./folder.ts";
import { ensureHosts } from "./hosts.ts";
import { projectFile } from "./projectFile.ts";
import { run } from "./run.ts";
import type { Finished } from "./run.ts";

export interface ProjectOptions {
  /** index.js of a Node program, in `main`'s folder where that is given. */
  program?: string;
  /** More files, by their path from the project's folder. */
  files?: Files;
  /** A folder to copy first: an example with its own Pulumi.yaml. */
  folder?: string;
  name?: string;
  main?: string;
  /** The `runtime` of Pulumi.yaml; by default Node without the SDK's TypeScript compiler. */
  runtime?: string | { name: string; options?: Readonly<Record<string, boolean | string>> };
  /** Stack configuration, such as `{"aws:region": "eu-west-1"}`. */
  config?: Readonly<Record<string, string>>;
}

export interface PackUse {
  /** The pack's folder. */
  path: string;
  /** What `--policy-pack-config` gets: an object, or the text of the file. */
  config?: object | string;
}

export interface RunSettings {
  policyPacks?: readonly PackUse[];
  /** Where the shell stands, from the project's folder or absolute; by default that folder. */
  cwd?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

export interface Result extends Finished {
  violations: Violation[];
  judgements: Judgement[];
  events: EngineEvent[];
}

export interface Project {
  /** The folder of Pulumi.yaml. */
  folder: string;
  /** `pulumi preview`, as a user types it. */
  preview: (settings?: RunSettings) => Promise<Result>;
  /** `pulumi up --yes --skip-preview`. */
  up: (settings?: RunSettings) => Promise<Result>;
  destroy: (settings?: RunSettings) => Promise<Result>;
  /** Any other command. */
  pulumi: (args: readonly string[], settings?: RunSettings) => Promise<Finished>;
  /** What the stand-in providers were asked to change so far. */
  awsCalls: () => AwsCall[];
  /** Deletes the folder, the stack and its home. */
  remove: () => void;
}

const TIMEOUT_MS = 90_000;
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
  if (options.folder !== undefined) copyFolder(options.folder, folder);
  writeFiles(folder, {
    "Pulumi.yaml": projectFile(readTextIfAny(join(folder, "Pulumi.yaml")), options, hosts.providers),
    ...(options.program === undefined ? {} : { [join(options.main ?? "", "index.js")]: options.program }),
    ...options.files,
  });
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest))
    writeFiles(folder, { "package.json": JSON.stringify({ name: "demo", private: true }) });
  linkModules(folder);

  const fixed = environment(hosts, places);
  let runs = 0;
  const pulumi: Project["pulumi"] = (args, settings = {}) => {
    const cwd = resolve(folder, settings.cwd ?? ".");
    // A shell sets PWD; spawn does not.
    const env = { ...fixed, PWD: cwd, ...settings.env };
    return run(hosts.command, [...args, ...(settings.args ?? [])], {
      cwd,
      env,
      timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
    });
  };
  const operation = async (command: readonly string[], settings: RunSettings = {}): Promise<Result> => {
    const scratch = join(base, `run-${++runs}`);
    const log = join(scratch, "events.jsonl");
    mkdirSync(scratch);
    const packs = packArguments(settings.policyPacks ?? [], scratch);
    const args = [
      ...command,
      ...QUIET,
      "--suppress-progress",
      "--stack",
      "dev",
      "--event-log",
      log,
      ...packs,
    ];
    const finished = await pulumi(args, settings);
    const events = readEvents(log);
    return { ...finished, events, violations: violationsIn(events), judgements: judgementsIn(events) };
  };

  const project: Project = {
    folder,
    preview: (settings) => operation(["preview"], settings),
    up: (settings) => operation(["up", "--yes", "--skip-preview"], settings),
    destroy: (settings) => operation(["destroy", "--yes", "--skip-preview"], settings),
    pulumi,
    awsCalls: () =>
      readTextIfAny(places.awsLog)
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AwsCall),
    remove: () => removeFolder(base),
  };
  await initialise(project, options.config ?? {});
  return project;
}

async function initialise(project: Project, config: Readonly<Record<string, string>>): Promise<void> {
  const settings = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  const commands = [
    ["stack", "init", "dev"],
    ...(settings.length > 0 ? [["config", "set-all", "--stack", "dev", ...settings]] : []),
  ];
  for (const command of commands) {
    const { exitCode, stderr } = await project.pulumi([...command, ...QUIET]);
    if (exitCode === 0) continue;
    project.remove();
    throw new Error(`pulumi ${command.join(" ")} failed: ${stderr}`);
  }
}

/** The flags for the packs; the engine wants a config for every pack or for none. */
function packArguments(packs: readonly PackUse[], scratch: string): string[] {
  const configured = packs.some((pack) => pack.config !== undefined);
  return packs.flatMap((pack, index) => {
    const flags = ["--policy-pack", pack.path];
    if (!configured) return flags;
    const config = pack.config ?? {};
    const name = `policy-config-${index}.json`;
    writeFiles(scratch, { [name]: typeof config === "string" ? config : JSON.stringify(config) });
    return [...flags, "--policy-pack-config", join(scratch, name)];
  });
}
