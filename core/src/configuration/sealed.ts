import * as z from "zod";
import { isFullKmsReference } from "../keys/kmsReference.ts";
import { lazy } from "../lazy.ts";

const text = lazy(() => z.string().min(1).max(2048));
const texts = (most: number) => z.array(text()).max(most);
/** What Lambda takes. Source: CreateFunction, Environment, Variables. */
const variableName = lazy(() => z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,4095}$/));
/** HMAC-SHA-256 in base64. */
const mac = lazy(() => z.string().regex(/^[A-Za-z0-9+/]{43}=$/));
const sha256 = lazy(() => z.string().regex(/^[0-9a-f]{64}$/));
/** The content counts under either digest: a zip's bytes, or the files in whatever zip. */
const layer = lazy(() =>
  z.union([
    text().describe("The ARN of a version."),
    z.strictObject({
      arn: text().optional().describe("The ARN of the version, where that is bound as well."),
      digest: z
        .strictObject({
          sha256: sha256().optional().describe("SHA-256 of the zip's bytes."),
          dirHash: sha256().optional().describe("Go's dirhash Hash1 over the files, in hexadecimal."),
        })
        .refine((digest) => Object.keys(digest).length > 0, { message: "needs sha256 or dirHash" })
        .describe("What it holds."),
    }),
  ]),
);
const byVariable = lazy(() => z.record(variableName(), mac()));

const values = lazy(() =>
  z
    .strictObject({
      key: z
        .string()
        .refine(isFullKmsReference, { message: "must be awskms:///arn:…:key/…" })
        .describe("The KMS key of the MACs, by ARN. It counts where the trust policy's `sealKeys` names it."),
      salt: z
        .string()
        .regex(/^[A-Za-z0-9+/]{22}==$/)
        .describe("16 random bytes in base64, so that equal values in two statements do not show."),
      mac: mac().describe("HMAC of all names and values."),
      each: byVariable().describe("HMAC of each variable, which tells the one that differs."),
    })
    .describe("The values, as HMACs. Whoever may not use the key learns nothing from them."),
);

/** The part of a statement that binds configuration. A field that is not there is not bound. */
export const sealedConfigurationSchema = lazy(() =>
  z
    .strictObject({
      handler: text().nullable().optional().describe("The handler; null: none."),
      runtime: text().nullable().optional().describe("Lambda's name of the runtime; null: none."),
      architectures: texts(4).optional().describe("Sorted."),
      layers: z.array(layer()).max(20).optional().describe("Layers in order, by ARN or by what they hold."),
      role: text().nullable().optional().describe("ARN of the execution role."),
      environment: z
        .strictObject({
          names: z.array(variableName()).max(2000).describe("Names of all variables, sorted."),
          values: values().optional(),
        })
        .optional()
        .describe("Environment variables."),
      fileSystems: z
        .array(z.strictObject({ arn: text(), localMountPath: text() }))
        .max(20)
        .optional()
        .describe("File systems and where they are mounted."),
      vpc: z
        .strictObject({ subnetIds: texts(100), securityGroupIds: texts(100) })
        .nullable()
        .optional()
        .describe("Subnets and security groups, sorted; null: no VPC."),
      imageConfig: z
        .strictObject({ entryPoint: texts(1500), command: texts(1500), workingDirectory: text().nullable() })
        .nullable()
        .optional()
        .describe("What Lambda puts in place of the image's own entry point; null: nothing."),
    })
    .describe("The configuration that the code is approved with."),
);

export type SealedConfiguration = z.infer<ReturnType<typeof sealedConfigurationSchema>>;
export type SealedValues = NonNullable<NonNullable<SealedConfiguration["environment"]>["values"]>;
