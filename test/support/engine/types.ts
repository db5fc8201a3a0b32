import type { AwsCall } from "../plugins/log.ts";
import type { EngineEvent, Judgement, Violation } from "./events.ts";
import type { Files } from "./folder.ts";
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
  /** For every command: an emulator's `environment` makes the `aws` stand-in work on it. */
  env?: Readonly<Record<string, string>>;
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
  /** `pulumi refresh --yes --skip-preview`. */
  refresh: (settings?: RunSettings) => Promise<Result>;
  destroy: (settings?: RunSettings) => Promise<Result>;
  /** Any other command. */
  pulumi: (args: readonly string[], settings?: RunSettings) => Promise<Finished>;
  /** Another program in the project's folder, with the engine on its PATH. */
  execute: (program: string, args: readonly string[], settings?: RunSettings) => Promise<Finished>;
  /** What the stand-in providers were asked to change so far. */
  awsCalls: () => AwsCall[];
  /** Deletes the folder, the stack and its home. */
  remove: () => void;
}
