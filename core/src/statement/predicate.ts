import { lazy } from "../lazy.ts";
import * as z from "zod";

/** The predicate type of fnseal's own statement: "this code may run as these functions and layers". */
export const CODE_PREDICATE_TYPE = "https://fnseal.dev/code-signature/v1";

/** All versions of it, known or not. */
export const CODE_PREDICATE_PREFIX = "https://fnseal.dev/code-signature/";

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** What older tools still write. Read for statements of others, never written. */
export const STATEMENT_TYPE_V01 = "https://in-toto.io/Statement/v0.1";

/** DSSE payload type of in-toto statements. Source: in-toto attestation framework, spec/v1/envelope.md. */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

const NAME_PATTERN = /^[A-Za-z0-9_*?-]{1,140}$/;

/** A Lambda function's or layer's name with `*` and `?`. Source: CreateFunction's FunctionName, LayerName. */
export const namePattern = lazy(() =>
  z
    .string()
    .regex(NAME_PATTERN, "must be a name with * and ?, of letters, digits, - and _ (no ARN)")
    .describe("Name pattern: * is any characters, ? is one."),
);

/** What the schema's own check of a date and time is. */
const INSTANT = z.regexes.datetime({ offset: true });
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
      generator: z.string().max(100).optional().describe("What made the statement, for people."),
    })
    .refine((predicate) => predicate.functions.length + predicate.layers.length > 0, {
      message: "names neither functions nor layers",
    }),
);

export type CodePredicate = z.infer<ReturnType<typeof codePredicateSchema>>;

/**
 * Whether a value is a predicate as `createCodeStatement` writes it. Never true for what the schema refuses (a test
 * holds them together); it spares the schema's time, which is most of reading a bundle, for the usual case.
 */
export function isUsualPredicate(value: unknown): value is CodePredicate {
  if (!isRecord(value)) return false;
  const { functions, layers, signedAt, expires, generator, ...rest } = value;
  return (
    isNamePatterns(functions) &&
    isNamePatterns(layers) &&
    functions.length + layers.length > 0 &&
    isInstant(signedAt) &&
    (expires === undefined ? !("expires" in value) : isInstant(expires)) &&
    (generator === undefined
      ? !("generator" in value)
      : typeof generator === "string" && generator.length <= 100) &&
    Object.keys(rest).length === 0
  );
}

function isNamePatterns(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((name) => typeof name === "string" && NAME_PATTERN.test(name))
  );
}

function isInstant(value: unknown): boolean {
  return typeof value === "string" && INSTANT.test(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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
            sha256: sha256().optional().describe("SHA-256 of the zip's bytes."),
            dirHash: sha256().optional().describe("Go's dirhash Hash1 over the files, in hexadecimal."),
            pulumiArchive: sha256().optional().describe("The Pulumi engine's own hash of the folder."),
          }),
        }),
      )
      .length(1),
    predicateType: z.literal(CODE_PREDICATE_TYPE),
    predicate: codePredicateSchema(),
  }),
);
