import { createDecipheriv } from "node:crypto";
import type { Configuration } from "@fnseal/core";
import * as z from "zod";

/** The variable with the key of one run; it is one of policypack/src/collector/plannedConfiguration.ts. */
export const COLLECT_KEY = "FNSEAL_COLLECT_KEY";

const text = z.string().nullable().optional();
const texts = z.array(z.string());

/** What the collector writes of a function's configuration. A field that is not there is not known yet. */
export const plannedConfiguration = z.object({
  handler: text,
  runtime: text,
  role: text,
  architectures: texts.optional(),
  layers: z.array(z.string().nullable()).optional(),
  environment: texts.optional(),
  values: z.string().optional(),
  fileSystems: z.array(z.object({ arn: z.string(), localMountPath: z.string() })).optional(),
  vpc: z.object({ subnetIds: texts, securityGroupIds: texts }).nullable().optional(),
  imageConfig: z
    .object({ entryPoint: texts, command: texts, workingDirectory: z.string().nullable() })
    .nullable()
    .optional(),
});

/**
 * @param key under which values were written; without it none is known
 * @throws Error where they were written under another one
 */
export function toConfiguration(
  planned: z.infer<typeof plannedConfiguration>,
  key: Buffer | undefined,
): Configuration {
  const { layers, environment, values, ...plain } = planned;
  const known = values === undefined || key === undefined ? {} : decrypted(values, key);
  return {
    ...{ handler: plain.handler, runtime: plain.runtime, role: plain.role, vpc: plain.vpc },
    ...{ architectures: plain.architectures, fileSystems: plain.fileSystems, imageConfig: plain.imageConfig },
    layers: layers?.map((arn) => arn ?? undefined),
    environment: environment && Object.fromEntries(environment.map((name) => [name, known[name]])),
  };
}

function decrypted(values: string, key: Buffer): Readonly<Record<string, string>> {
  const bytes = Buffer.from(values, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(12, 28));
  const json = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  return z.record(z.string(), z.string()).parse(JSON.parse(json));
}
