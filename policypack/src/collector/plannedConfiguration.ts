import { createCipheriv, randomBytes } from "node:crypto";
import type { Configuration } from "@fnseal/core";

/** Has the key under which values of environment variables are written; without it they are not. */
export const COLLECT_KEY = "FNSEAL_COLLECT_KEY";

/** What a function will run with, as JSON has it: a field that is not there is not known yet. */
export interface PlannedConfiguration extends Partial<Omit<Configuration, "layers" | "environment">> {
  /** `null` for one: not known yet. */
  readonly layers?: readonly (string | null)[];
  /** Names of the variables. */
  readonly environment?: readonly string[];
  /** Values that are known, encrypted: they may be secrets, and this lies on a disk for a moment. */
  readonly values?: string;
}

/** @param key 32 bytes in hexadecimal, made for this one run */
export function toPlanned(configuration: Configuration, key: string | undefined): PlannedConfiguration {
  const { layers, environment, ...plain } = configuration;
  return {
    // JSON leaves out what is undefined.
    ...(JSON.parse(JSON.stringify(plain)) as typeof plain),
    ...(layers && { layers: layers.map((arn) => arn ?? null) }),
    ...(environment && { environment: Object.keys(environment) }),
    ...(environment && key !== undefined && { values: encrypted(JSON.stringify(environment), key) }),
  };
}

/** AES-256-GCM: nonce, tag and text in base64. */
function encrypted(text: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "hex"), nonce);
  const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), content]).toString("base64");
}
