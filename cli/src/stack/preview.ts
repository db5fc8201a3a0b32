import { randomBytes } from "node:crypto";
import { getCompileCacheDir } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { FnsealError, messageOf } from "@fnseal/core/errors";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { findPolicyPack } from "../init/policyPack.ts";
import { findProject, upwards } from "../init/project.ts";
import { exists } from "../files.ts";
import { printableLine, type Result } from "../output.ts";
import { loadAutomation, type PulumiCommand, selectedStack } from "./automation.ts";
import { type Collected, parseCollected } from "./collected.ts";
import { prepareCollector } from "./collector.ts";
import { COLLECT_KEY } from "./plannedConfiguration.ts";

/** What a preview of a stack plans. */
export interface Planned {
  readonly stack: string;
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  readonly resources: readonly Collected[];
}

export interface PlanOptions {
  /** Whether values of environment variables are needed. */
  readonly withValues?: boolean;
  /** Ends the preview. */
  readonly signal?: AbortSignal;
}

/** The variable by which the collector is told where to write; it is one of policypack/src/collector/record.ts. */
const COLLECT_FILE = "FNSEAL_COLLECT_FILE";

/**
 * Runs a preview through Pulumi's automation API, with a policy pack that judges nothing and writes down what every
 * function and layer is made of.
 *
 * @param named the stack; `true` for the one that is selected
 * @throws FnsealError `usage-invalid`, `stack-tools-missing`, `stack-preview-failed`
 */
export async function planOf(
  named: string | true,
  environment: Environment,
  { withValues = false, signal }: PlanOptions = {},
): Promise<Planned> {
  const name = named === true ? undefined : named;
  const folder = projectFolder(environment.cwd);
  const pack = findPolicyPack(findProject(folder), environment.entry);
  if (pack === undefined) {
    throw new FnsealError(
      "stack-tools-missing",
      `@fnseal/policypack is not installed for the project ${folder}`,
    );
  }
  const scratch = mkdtempSync(join(tmpdir(), "fnseal-stack-"));
  const file = join(scratch, "collected.jsonl");
  try {
    writeFileSync(file, "", { mode: 0o600 });
    // Values are on the disk only under this.
    const key = withValues ? randomBytes(32) : undefined;
    const { pulumi, selected } = await open(name, folder, pack);
    // What runs the command hears only of what comes later.
    signal?.throwIfAborted();
    environment.stderr.write(`previewing the stack ${selected} …\n`);
    const { policyPack, variables } = prepareCollector(scratch, join(pack, "dist", "collector"));
    const keyed = key && { [COLLECT_KEY]: key.toString("hex") };
    const env = { [COLLECT_FILE]: file, ...keyed, ...compileCache(), ...variables };
    await run(pulumi, { stack: selected, folder, policyPack, env, signal });
    return { stack: selected, folder, resources: parseCollected(readFileSync(file, "utf8"), key) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Lets the policy pack's process and the program's keep what they compile where this one does, unless the user has said
 * otherwise: Pulumi's SDK takes longer to compile than the functions to read.
 */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined || process.env["NODE_COMPILE_CACHE"] !== undefined
    ? {}
    : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** What there is to say of a stack without functions and layers. */
export function nothingPlanned(stack: string): Result {
  return {
    exit: 0,
    json: { stack, status: "nothing" },
    text: `the stack ${stack} deploys no function and no layer`,
  };
}

function projectFolder(cwd: string): string {
  const folder = upwards(cwd).find((parent) =>
    ["Pulumi.yaml", "Pulumi.yml"].some((file) => exists(join(parent, file))),
  );
  if (folder === undefined) throw usageError(`--stack: there is no Pulumi.yaml in ${cwd} or above it`);
  return folder;
}

/** Finds the Pulumi command, and the stack where none is named. */
async function open(
  name: string | undefined,
  folder: string,
  pack: string,
): Promise<{ readonly pulumi: PulumiCommand; readonly selected: string }> {
  const { PulumiCommand } = loadAutomation(pack);
  try {
    const pulumi = new PulumiCommand("pulumi", null);
    const selected = name ?? (await selectedStack(pulumi, folder));
    if (selected === undefined) {
      throw usageError("--stack: no stack is selected; name one, or `pulumi stack select` it");
    }
    return { pulumi, selected };
  } catch (thrown) {
    throw failed(thrown, "");
  }
}

interface Preview {
  readonly stack: string;
  readonly folder: string;
  readonly policyPack: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

async function run(
  pulumi: PulumiCommand,
  { stack, folder, policyPack, env, signal }: Preview,
): Promise<void> {
  let said = "";
  const onOutput = (text: string): void => {
    said = `${said}${text}`.slice(-100_000);
  };
  // The stack is named: which one the user has selected is theirs to change.
  const args = ["preview", "--stack", stack, "--policy-pack", policyPack];
  try {
    const all = [...args, "--color", "never", "--exec-kind", "auto.local"];
    await pulumi.run(all, folder, env, onOutput, undefined, signal);
  } catch (thrown) {
    // Code that is yet to be signed may be what other packs complain of; they end no preview before its last resource.
    if (isViolationOnly(said)) return;
    throw failed(thrown, said);
  }
}

/** Whether a preview failed only for what policies say, after it had planned everything. */
export function isViolationOnly(text: string): boolean {
  const plain = stripVTControlCharacters(text);
  if (!plain.includes("[mandatory]")) return false;
  const [, diagnostics = ""] = /\nDiagnostics:\n([^]*)$/.exec(plain) ?? [];
  const errors = diagnostics.split("\n").filter((line) => /^\s*error:/.test(line));
  return errors.length > 0 && errors.every((line) => line.trim() === "error: preview failed");
}

/** What the engine says at the end, or as much as there is. */
function failed(thrown: unknown, said: string): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  // The automation API repeats the whole output in its message.
  const all = stripVTControlCharacters(said.trim() === "" ? messageOf(thrown) : said).trim();
  const [, diagnostics = all] = /\nDiagnostics:\n([^]*)$/.exec(all) ?? [];
  const lines = diagnostics.split("\n").map((line) => line.trim());
  const text = lines.filter(Boolean).slice(0, 20).map(printableLine).join("\n  ");
  return new FnsealError("stack-preview-failed", `the preview failed:\n  ${text}`, { cause: thrown });
}
