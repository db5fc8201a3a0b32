import { createHash } from "node:crypto";

/**
 * What is put under the MAC. KMS takes 4 KiB, and variables have as much without their quotes, so it is a digest of
 * them. The first line says what it is: a MAC that the same key made of anything else is none of these.
 */
function message(purpose: string, content: unknown): Buffer {
  // JSON of lists of texts: no two contents have the same one.
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return Buffer.from(`fnseal sealed configuration, version 1: ${purpose}\n${digest}\n`);
}

/** The message for all variables of a function. */
export function environmentMessage(salt: string, environment: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  return message("environment", [salt, pairs]);
}

/** The message for one variable. */
export function variableMessage(salt: string, name: string, value: string): Buffer {
  return message("environment variable", [salt, name, value]);
}
