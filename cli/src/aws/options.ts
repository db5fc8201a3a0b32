import type { Command } from "commander";
import { collect } from "../help.ts";
import { USUAL_POLICY } from "../usualPolicy.ts";

/** Where bundles are looked for, in the help of every command that looks for them. */
export const VERIFIER_NOTE =
  "Bundles are looked for in the stores and folders that are named. Where none is, in fnseal/bundles and in the store of\n" +
  "the runtime verifier, which is found in the account by itself if there is one.";

export function addPolicyOption(command: Command): Command {
  return command.option("--trust-policy <file>", `the trust policy, YAML or JSON (default: ${USUAL_POLICY})`);
}

/** Which verifier is meant. */
export function addVerifierOptions(command: Command): Command {
  return command
    .option("--verifier <name>", "the runtime verifier's function, name or ARN (default: found by itself)")
    .option("--verifier-region <region>", "its home region (default: the configured one)");
}

export function addBundleOptions(command: Command): Command {
  command
    .option("--store <s3://bucket>", "a bundle store in S3 (repeatable)", collect)
    .option("--bundle <file>", "a bundle, or a .jsonl of bundles (repeatable)", collect)
    .option("--bundle-folder <folder>", "a folder of bundles by digest (repeatable)", collect);
  return addVerifierOptions(command);
}
