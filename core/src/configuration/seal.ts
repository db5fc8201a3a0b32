import { randomBytes } from "node:crypto";
import type { DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { CONFIGURATION_FIELDS, type ConfigurationField } from "./fields.ts";
import { type SealedLayer, sealLayer } from "./layers.ts";
import { sealedConfigurationSchema, type SealedConfiguration, type SealedValues } from "./sealed.ts";
import type { Configuration } from "./types.ts";
import { environmentMessage, variableMessage } from "./values.ts";

/** A key in a KMS that makes MACs. */
export interface MacKey {
  /** By its ARN, whatever name it was given by. */
  readonly uri: string;
  /** HMAC-SHA-256. @throws FnsealError */
  readonly mac: (message: Buffer) => Promise<Buffer>;
}

/** MACs that are asked for at a time: KMS allows an account thousands a second. */
const AT_ONCE = 8;

/**
 * Binds fields of a configuration for a statement. Of environment variables the names are always bound, their values only
 * under a key: whatever else were published about a password, it could be guessed by.
 *
 * @param fields which; all of them where it is `undefined`
 * @param contents what layers hold, by their place, for those that are to be bound by it: with their ARN where the
 *   configuration has one
 * @throws FnsealError `configuration-unknown` where a field is not known; what the key throws
 */
export async function sealConfiguration(
  configuration: Configuration,
  fields: readonly ConfigurationField[] = CONFIGURATION_FIELDS,
  key?: MacKey,
  contents: readonly (DigestSet | undefined)[] = [],
): Promise<SealedConfiguration> {
  const sealed: Record<string, unknown> = {};
  for (const field of fields) {
    if (configuration[field] === undefined) throw unknownField(field);
    switch (field) {
      case "environment":
        sealed[field] = await sealEnvironment(configuration.environment ?? {}, key);
        break;
      case "layers":
        sealed[field] = sealLayers(configuration.layers ?? [], contents);
        break;
      default:
        sealed[field] = configuration[field];
    }
  }
  return sealedConfigurationSchema().parse(sealed);
}

async function sealEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  key: MacKey | undefined,
): Promise<{ names: string[]; values?: SealedValues }> {
  const names = Object.keys(environment).sort();
  if (!key) return { names };
  const known: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value === undefined) throw unknownField(`environment variable ${name}`);
    known[name] = value;
  }
  const salt = randomBytes(16).toString("base64");
  const macOf = async (message: Buffer): Promise<string> => (await key.mac(message)).toString("base64");
  // The first says by its ARN which key it is, and whether it may be used at all.
  const mac = await macOf(environmentMessage(salt, known));
  const each: Record<string, string> = {};
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const macs = await Promise.all(some.map((name) => macOf(variableMessage(salt, name, known[name] ?? ""))));
    for (const [index, name] of some.entries()) each[name] = macs[index] ?? "";
  }
  return { names, values: { key: key.uri, salt, mac, each } };
}

function sealLayers(
  layers: readonly (string | undefined)[],
  contents: readonly (DigestSet | undefined)[],
): SealedLayer[] {
  return layers.map((arn, index) => {
    const sealed = sealLayer(arn, contents[index]);
    if (sealed === undefined) throw unknownField(`layers[${index}]`);
    return sealed;
  });
}

function unknownField(what: string): FnsealError {
  return new FnsealError("configuration-unknown", `${what} is not known, so it cannot be sealed`);
}
