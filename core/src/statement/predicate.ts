import { lazy } from "../lazy.ts";
import * as z from "zod";
import { sealedConfigurationSchema } from "../configuration/sealed.ts";
import { CODE_PREDICATE_TYPE, NAME_PATTERN, STATEMENT_TYPE } from "./types.ts";

/** {@link NAME_PATTERN}, with words for people. */
export const namePattern = lazy(() =>
  z
    .string()
    .regex(NAME_PATTERN, "must be a name with * and ?, of letters, digits, - and _ (no ARN)")
    .describe("Name pattern: * is any characters, ? is one."),
);

const instant = lazy(() => z.iso.datetime({ offset: true }));

/** The predicate. A field that this version does not know is refused: it may be a limit. */
export const codePredicateSchema = lazy(() =>
  z
    .strictObject({
      functions: z
        .array(namePattern())
        .max(100)
        .describe("Function names that may run this code; empty: none."),
      layers: z.array(namePattern()).max(100).describe("Layer names that may hold this code; empty: none."),
      signedAt: instant().describe("The signer's own clock. Nothing is decided by it."),
      expires: instant().optional().describe("From then on the signature no longer approves."),
      configuration: sealedConfigurationSchema()
        .optional()
        .describe("The configuration that functions must have to run this code; without it any."),
      generator: z.string().max(100).optional().describe("What made the statement, for people."),
    })
    .refine((predicate) => predicate.functions.length + predicate.layers.length > 0, {
      message: "names neither functions nor layers",
    }),
);

export type CodePredicate = z.infer<ReturnType<typeof codePredicateSchema>>;

const sha256 = lazy(() => z.string().regex(/^[0-9a-f]{64}$/));

/** The whole statement, for the published JSON Schema. */
export const codeStatementSchema = lazy(() =>
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: z
      .array(
        z.strictObject({
          name: z.string().describe("The artifact's file or folder name, for people."),
          digest: z.strictObject({
            sha256: sha256().optional().describe("SHA-256 of the zip's bytes, or of an image's manifest."),
            dirHash: sha256().optional().describe("Go's dirhash Hash1 over the files, in hexadecimal."),
            pulumiArchive: sha256().optional().describe("The Pulumi engine's own hash of the folder."),
          }),
        }),
      )
      .min(1)
      .describe("One; of an image index also each image in it."),
    predicateType: z.literal(CODE_PREDICATE_TYPE),
    predicate: codePredicateSchema(),
  }),
);
