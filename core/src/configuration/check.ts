import { FnsealError } from "../errors.ts";
import { compareConfiguration } from "./compare.ts";
import { compareContents } from "./layers.ts";
import type { SealedConfiguration, SealedValues } from "./sealed.ts";
import type { Configuration, ReadLayer, VerifyMac } from "./types.ts";
import { environmentMessage, variableMessage } from "./values.ts";

/** Why a seal does not hold. */
export interface SealProblem {
  readonly code:
    | "configuration-differs"
    | "configuration-unknown"
    | "layer-content-unknown"
    | "seal-key-not-trusted"
    | "seal-unchecked";
  readonly message: string;
}

/** What checking a seal needs beside the seal. */
export interface SealContext {
  /** `undefined`: nothing is known about what the code will run with. */
  readonly configuration: Configuration | undefined;
  /** Keys whose MACs count: `sealKeys` of the trust policy. */
  readonly keys: readonly string[];
  /** `undefined`: nobody here may ask. */
  readonly verifyMac: VerifyMac | undefined;
  /** Asked only about layers that are sealed by what they hold; `undefined`: nobody here may read layers. */
  readonly readLayer: ReadLayer | undefined;
}

/** Names of variables that one message lists. */
const LISTED = 10;

/**
 * Whether a function's configuration is the one that was sealed. Layers are read only where everything else is equal, then
 * KMS is asked, and about single variables only where one of them must differ.
 *
 * @returns `undefined` where it is
 */
export async function checkSeal(
  sealed: SealedConfiguration,
  context: SealContext,
): Promise<SealProblem | undefined> {
  const { configuration } = context;
  if (!configuration) {
    const message = "it is for a certain configuration, and none is known here";
    return { code: "configuration-unknown", message };
  }
  const { differences, unknown, contents } = compareConfiguration(sealed, configuration);
  if (differences.length > 0) return differing(differences);
  const layers = await compareContents(contents, context.readLayer);
  if (layers.differences.length > 0) return differing(layers.differences);
  if (layers.unreadable.length > 0)
    return { code: "layer-content-unknown", message: listed(layers.unreadable) };
  const open = [...unknown, ...layers.unknown];
  if (open.length > 0) return notKnown(open);
  const values = sealed.environment?.values;
  return values && checkValues(values, configuration.environment ?? {}, context);
}

async function checkValues(
  values: SealedValues,
  environment: Readonly<Record<string, string | undefined>>,
  { keys, verifyMac }: SealContext,
): Promise<SealProblem | undefined> {
  if (!keys.includes(values.key)) {
    return {
      code: "seal-key-not-trusted",
      message: `values are sealed by ${values.key}, which is none of sealKeys`,
    };
  }
  if (!verifyMac) {
    return { code: "seal-unchecked", message: "values are sealed, and nothing here may ask KMS about them" };
  }
  const isOf = (message: Buffer, mac: string): Promise<boolean> =>
    verifyMac(values.key, message, Buffer.from(mac, "base64"));
  const pairs = Object.entries(environment);
  const open = pairs.filter(([, value]) => value === undefined).map(([name]) => name);
  try {
    if (open.length === 0) {
      const known = Object.fromEntries(pairs.map(([name, value]) => [name, value ?? ""]));
      if (await isOf(environmentMessage(values.salt, known), values.mac)) return undefined;
    }
    const changed: string[] = [];
    for (const [name, value] of pairs.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value === undefined) continue;
      const mac = values.each[name];
      if (mac === undefined || !(await isOf(variableMessage(values.salt, name, value), mac)))
        changed.push(`environment variable ${name} has another value`);
    }
    if (changed.length > 0) return differing(changed);
    if (open.length > 0) return notKnown(open.map((name) => `environment variable ${name}`));
    return differing(["environment variables have other values"]);
  } catch (thrown) {
    if (!(thrown instanceof FnsealError) || thrown.code !== "seal-unchecked") throw thrown;
    return { code: "seal-unchecked", message: thrown.message };
  }
}

function differing(differences: readonly string[]): SealProblem {
  return {
    code: "configuration-differs",
    message: `the configuration is not the one that was sealed: ${listed(differences)}`,
  };
}

function notKnown(fields: readonly string[]): SealProblem {
  return { code: "configuration-unknown", message: `not known, though sealed: ${listed(fields)}` };
}

function listed(texts: readonly string[]): string {
  const more = texts.length > LISTED ? ` and ${texts.length - LISTED} more` : "";
  return `${texts.slice(0, LISTED).join(", ")}${more}`;
}
