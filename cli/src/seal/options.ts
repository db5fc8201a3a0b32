import {
  CONFIGURATION_FIELDS,
  type ConfigurationField,
  type MacKey,
  parseKmsReference,
  sealConfiguration,
  type SealedConfiguration,
} from "@fnseal/core";
import type { Command } from "commander";
import { fromAws } from "../aws/load.ts";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { readConfiguration } from "./configurationFile.ts";
import { withContents } from "./layerEntries.ts";

/** What a command line says of the configuration that a signature binds. */
export interface SealOptions {
  readonly sealConfig?: string | true;
  readonly config?: string;
  readonly sealKey?: string;
  readonly readLayers?: boolean;
}

export const SEAL_HELP =
  "With --seal-config the signature binds what --config says the function runs with, as `aws lambda\n" +
  "get-function-configuration` prints it (JSON or YAML): " +
  `${CONFIGURATION_FIELDS.slice(0, 6).join(", ")},\n` +
  `${CONFIGURATION_FIELDS.slice(6).join(", ")}, or those that are named. Of environment variables the names are bound, and with --seal-key\n` +
  "their values, as HMACs that KMS makes under that key (usage GENERATE_VERIFY_MAC, spec HMAC_256); no value is written.\n" +
  "A layer is bound by its ARN, and by what it holds where the file has CodeSha256 (as `aws lambda get-layer-version` prints\n" +
  "it) or Path (a folder or zip) beside or in place of Arn, or where --read-layers downloads it.";

export function addSealOptions(command: Command): Command {
  return command
    .option("--seal-config [fields]", "bind the function's configuration: all of it, or fields by commas")
    .option("--config <file>", "with --seal-config: what the function runs with, in AWS's shape")
    .option(
      "--seal-key <awskms>",
      "with --seal-config: bind values of environment variables too, by this KMS key",
    )
    .option(
      "--read-layers",
      "with --seal-config: download layers that are known by ARN, and bind what they hold",
    );
}

/**
 * @returns `undefined` where nothing is to be sealed
 * @throws FnsealError `usage-invalid`, `configuration-file-invalid`, `kms-…`, `aws-…`
 */
export async function sealFor(
  environment: Environment,
  options: SealOptions,
): Promise<SealedConfiguration | undefined> {
  const { sealConfig, config, sealKey, readLayers } = options;
  if (sealConfig === undefined) {
    if (config !== undefined || sealKey !== undefined || readLayers)
      throw usageError("--config, --seal-key and --read-layers go with --seal-config");
    return undefined;
  }
  const fields = toFields(sealConfig);
  if (config === undefined)
    throw usageError("--seal-config needs --config FILE: what the function runs with");
  assertFields(options, fields);
  const { configuration, layers } = await readConfiguration(environment, config);
  const { contents } = readLayers ? await withContents(layers) : layers;
  const key = sealKey === undefined ? undefined : await openSealKey(environment, sealKey);
  return sealConfiguration(configuration, fields, key, contents);
}

/** @throws FnsealError `usage-invalid` where an option is for a field that is not sealed */
export function assertFields(
  { sealKey, readLayers }: Pick<SealOptions, "sealKey" | "readLayers">,
  fields: readonly ConfigurationField[],
): void {
  if (sealKey !== undefined && !fields.includes("environment"))
    throw usageError("--seal-key is for the field environment, which is not sealed");
  if (readLayers && !fields.includes("layers"))
    throw usageError("--read-layers is for the field layers, which is not sealed");
}

/** @throws FnsealError `kms-…`, `aws-…`, `key-scheme-unsupported` */
export async function openSealKey(environment: Environment, sealKey: string): Promise<MacKey> {
  const reference = parseKmsReference(sealKey);
  const key = await fromAws((aws) => aws.kmsMacKey(environment, reference));
  const mac = (message: Buffer): Promise<Buffer> => fromAws(() => key.mac(message));
  return { ...key, mac };
}

/** @throws FnsealError `usage-invalid` */
export function toFields(named: string | true): readonly ConfigurationField[] {
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
