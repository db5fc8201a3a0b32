import {
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  parseKmsReference,
  sealConfiguration,
  type SealedConfiguration,
} from "@fnseal/core";
import type { Command } from "commander";
import { fromAws } from "../aws/load.ts";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { readConfiguration } from "./configurationFile.ts";

/** What a command line says of the configuration that a signature binds. */
export interface SealOptions {
  readonly sealConfig?: string | true;
  readonly config?: string;
  readonly sealKey?: string;
}

export const SEAL_HELP =
  "With --seal-config the signature binds what --config says the function runs with, as `aws lambda\n" +
  "get-function-configuration` prints it (JSON or YAML): " +
  `${CONFIGURATION_FIELDS.slice(0, 6).join(", ")},\n` +
  `${CONFIGURATION_FIELDS.slice(6).join(", ")}, or those that are named. Of environment variables the names are bound, and with --seal-key\n` +
  "their values, as HMACs that KMS makes under that key (usage GENERATE_VERIFY_MAC, spec HMAC_256); no value is written.";

export function addSealOptions(command: Command): Command {
  return command
    .option("--seal-config [fields]", "bind the function's configuration: all of it, or fields by commas")
    .option("--config <file>", "with --seal-config: what the function runs with, in AWS's shape")
    .option(
      "--seal-key <awskms>",
      "with --seal-config: bind values of environment variables too, by this KMS key",
    );
}

/**
 * @returns `undefined` where nothing is to be sealed
 * @throws FnsealError `usage-invalid`, `configuration-file-invalid`, `kms-…`, `aws-…`
 */
export async function sealFor(
  environment: Environment,
  { sealConfig, config, sealKey }: SealOptions,
): Promise<SealedConfiguration | undefined> {
  if (sealConfig === undefined) {
    if (config !== undefined || sealKey !== undefined)
      throw usageError("--config and --seal-key go with --seal-config");
    return undefined;
  }
  const fields = toFields(sealConfig);
  if (config === undefined)
    throw usageError("--seal-config needs --config FILE: what the function runs with");
  const configuration = readConfiguration(environment.cwd, config);
  if (sealKey === undefined) return sealConfiguration(configuration, fields);
  if (!fields.includes("environment"))
    throw usageError("--seal-key is for the field environment, which is not sealed");
  const reference = parseKmsReference(sealKey);
  const key = await fromAws((aws) => aws.kmsMacKey(environment, reference));
  const mac = (message: Buffer): Promise<Buffer> => fromAws(() => key.mac(message));
  return sealConfiguration(configuration, fields, { ...key, mac });
}

function toFields(named: string | true): readonly ConfigurationField[] {
  if (named === true || named === "all") return CONFIGURATION_FIELDS;
  const names = named.split(",").map((name) => name.trim());
  const wrong = names.filter((name) => !CONFIGURATION_FIELDS.includes(name as ConfigurationField));
  if (wrong.length > 0) {
    const list = CONFIGURATION_FIELDS.join(", ");
    throw usageError(
      `--seal-config ${JSON.stringify(wrong.join(","))}: the fields are ${list}; before a path write --seal-config=all`,
    );
  }
  return [...new Set(names)] as ConfigurationField[];
}
