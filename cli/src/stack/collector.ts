import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The runtime that the collector's PulumiPolicy.yaml names: see scripts/build.ts. */
const RUNTIME = "fnseal-collector";

/** How a preview runs with the collector. */
export interface Collector {
  /** The folder of its PulumiPolicy.yaml. */
  readonly policyPack: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What is looked at to tell how. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Lets the engine start the collector itself. For a policy pack of a runtime without a language host it starts the program
 * `pulumi-analyzer-policy-RUNTIME` of the PATH. Node.js's host would first have to start, and then Pulumi's runner of packs,
 * which loads far more than there is to collect; and it would pass on each question. Where the engine is told to start nothing
 * from the PATH, where the scratch folder may hold no programs (`noexec`), and on Windows, the host does it all the same.
 *
 * Source: pulumi, sdk/go/common/resource/plugin, NewPolicyAnalyzer; sdk/go/common/workspace, GetPluginPath.
 *
 * @param scratch a folder for the program
 * @param folder the collector's
 */
export function prepareCollector(
  scratch: string,
  folder: string,
  { platform, env }: Machine = process,
): Collector {
  const hosted = { policyPack: join(folder, "hosted"), variables: {} };
  if (platform === "win32" || isTrue(env["PULUMI_IGNORE_AMBIENT_PLUGINS"])) return hosted;
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  const command = [process.execPath, join(folder, "index.cjs")].map(quoted).join(" ");
  const program = join(bin, `pulumi-analyzer-policy-${RUNTIME}`);
  writeFileSync(program, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o700 });
  if (!isExecutable(program)) return hosted;
  // At its end: nothing that is found there already is found here.
  return { policyPack: folder, variables: { PATH: [env["PATH"], bin].filter(Boolean).join(delimiter) } };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As Pulumi reads such a variable. */
function isTrue(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true";
}

/** A word of the shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
