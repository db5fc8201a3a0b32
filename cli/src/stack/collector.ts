import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The runtime that the collector's PulumiPolicy.yaml names: see scripts/build.ts. */
const RUNTIME = "fnseal-collector";

/**
 * Lets the engine start the collector itself. For a policy pack of a runtime without a language host it starts the program
 * `pulumi-analyzer-policy-RUNTIME` of the PATH. Node.js's host would first have to start, and then Pulumi's runner of packs,
 * which loads far more than there is to collect; and it would pass on each question.
 *
 * Source: pulumi, sdk/go/common/resource/plugin, NewPolicyAnalyzer; sdk/go/common/workspace, getCandidateExtensions.
 *
 * @param scratch a folder for the program
 * @param collector the collector's folder
 * @returns the variable that finds it
 */
export function collectorOnPath(scratch: string, collector: string): Record<string, string> {
  const folder = join(scratch, "bin");
  const isWindows = process.platform === "win32";
  const program = join(folder, `pulumi-analyzer-policy-${RUNTIME}${isWindows ? ".cmd" : ""}`);
  const command = [process.execPath, join(collector, "index.cjs")];
  mkdirSync(folder);
  writeFileSync(program, isWindows ? batchFile(command) : shellScript(command));
  chmodSync(program, 0o700);
  // Windows writes it as Path; two of them would be one too many.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { [name]: [process.env[name], folder].filter(Boolean).join(delimiter) };
}

function shellScript(command: readonly string[]): string {
  const quoted = command.map((part) => `'${part.replaceAll("'", `'\\''`)}'`);
  return `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`;
}

function batchFile(command: readonly string[]): string {
  const quoted = command.map((part) => `"${part.replaceAll("%", "%%")}"`);
  return `@${quoted.join(" ")} %*\r\n`;
}
