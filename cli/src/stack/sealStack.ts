import {
  CONFIGURATION_FIELDS,
  type Configuration,
  type ConfigurationField,
  type DigestSet,
  FnsealError,
  type MacKey,
  sealConfiguration,
  type SealedConfiguration,
} from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { withContents } from "../seal/layerEntries.ts";
import { assertFields, openSealKey, type SealOptions, toFields } from "../seal/options.ts";
import type { Collected } from "./collected.ts";
import { stackLayers } from "./layers.ts";

/** How the configuration of a stack's functions is sealed. */
export interface StackSeal {
  readonly fields: readonly ConfigurationField[];
  /** Whether every field has to be known: those that were named on the command line. */
  readonly isStrict: boolean;
  readonly key: MacKey | undefined;
  readonly readLayers: boolean;
}

/** What a function is sealed with. */
export interface Plan {
  readonly configuration: Configuration;
  readonly contents: readonly (DigestSet | undefined)[];
  readonly fields: readonly ConfigurationField[];
  /** Bound values of variables; `undefined`: names alone. */
  readonly key: MacKey | undefined;
  /** What a preview does not know and the signature does not bind, in words. */
  readonly open: readonly string[];
}

/**
 * @returns `undefined` where nothing is to be sealed
 * @throws FnsealError `usage-invalid`, `kms-…`, `aws-…`
 */
export async function stackSeal(
  environment: Environment,
  options: SealOptions,
): Promise<StackSeal | undefined> {
  const { sealConfig, config, sealKey, readLayers = false } = options;
  if (config !== undefined)
    throw usageError("--stack knows the configuration by the preview: leave --config out");
  if (sealConfig === undefined) {
    if (sealKey !== undefined || readLayers)
      throw usageError("--seal-key and --read-layers go with --seal-config");
    return undefined;
  }
  const fields = toFields(sealConfig);
  assertFields(options, fields);
  const key = sealKey === undefined ? undefined : await openSealKey(environment, sealKey);
  return { fields, isStrict: sealConfig !== true && sealConfig !== "all", key, readLayers };
}

/**
 * What of a function's configuration is known at preview, and so can be sealed. Without named fields what is not known is
 * left out and told; a field that was named has to be known.
 *
 * @throws FnsealError `configuration-unknown`, `layer-unreadable`, `aws-…`
 */
export async function planSeal(
  resource: Collected,
  resources: readonly Collected[],
  { fields, isStrict, key, readLayers }: StackSeal,
): Promise<Plan | undefined> {
  const { configuration } = resource;
  if (!configuration) return undefined;
  const own = stackLayers(resource, resources);
  const layers = readLayers ? await withContents(own) : own;
  const isLayerOpen = layers.arns?.some((arn, index) => (arn ?? layers.contents[index]) === undefined);
  const unknown = fields.filter(
    (field) => configuration[field] === undefined || (field === "layers" && isLayerOpen),
  );
  const values = Object.entries(configuration.environment ?? {});
  const openValues = key ? values.filter(([, value]) => value === undefined).map(([name]) => name) : [];
  const open = [...unknown, ...openValues.map((name) => `the value of ${name}`)];
  if (isStrict && open.length > 0) {
    const message = `not known before \`pulumi up\`, so it cannot be sealed: ${open.join(", ")}`;
    throw new FnsealError("configuration-unknown", message);
  }
  return {
    configuration: { ...configuration, layers: layers.arns },
    contents: layers.contents,
    fields: CONFIGURATION_FIELDS.filter((field) => fields.includes(field) && !unknown.includes(field)),
    key: openValues.length > 0 ? undefined : key,
    open,
  };
}

export function sealPlan({ configuration, contents, fields, key }: Plan): Promise<SealedConfiguration> {
  return sealConfiguration(configuration, fields, key, contents);
}

/** What is bound, and what a preview does not know. */
export function planLines(plan: Plan | undefined): string[] {
  if (!plan) return [];
  const { fields, key } = plan;
  const values = key ? ` (values by ${key.uri})` : " (names)";
  const named = fields.map((field) => (field === "environment" ? `${field}${values}` : field));
  return [`  sealed: ${named.join(", ") || "nothing"}`, ...notSealedLines(plan)];
}

export function notSealedLines(plan: Plan | undefined): string[] {
  if (!plan || plan.open.length === 0) return [];
  return [`  NOT sealed, for it is not known before \`pulumi up\`: ${plan.open.join(", ")}`];
}
