import * as z from "zod";
import type { DigestSet } from "../digest/types.ts";
import { lazy } from "../lazy.ts";
import {
  FILE_PATTERN,
  FILE_PREDICATE_TYPE,
  PROGRAM_PATTERN,
  PROGRAM_PREDICATE_TYPE,
  STATEMENT_TYPE,
} from "./types.ts";

/** A file's name pattern, with words for people. */
export const filePattern = lazy(() =>
  z
    .string()
    .regex(
      FILE_PATTERN,
      "must be a path with * and ?, without a leading /, backslashes or control characters",
    )
    .describe("Path pattern: * is any characters, / included; ? is one."),
);

/** A program's name pattern, with words for people. */
export const programPattern = lazy(() =>
  z
    .string()
    .regex(PROGRAM_PATTERN, "must be PROJECT/STACK with * and ?, such as orders/prod or orders/*")
    .describe("Project and stack, as orders/prod: * is any characters of one of the two, ? is one."),
);

/** A path pattern of what a signature covers: as in .gitignore, but without its short forms. */
export const selectionPattern = lazy(() =>
  z
    .string()
    .regex(FILE_PATTERN, "must be a path pattern with *, ? and **, without a leading /")
    .describe("Path pattern: * and ? stay within one folder, ** is any number of folders."),
);

const instant = lazy(() => z.iso.datetime({ offset: true }));
const sha256 = lazy(() => z.string().regex(/^[0-9a-f]{64}$/));

const common = lazy(() => ({
  signedAt: instant().describe("The signer's own clock. Nothing is decided by it."),
  expires: instant().optional().describe("From then on the signature no longer approves."),
  generator: z.string().max(100).optional().describe("What made the statement, for people."),
}));

/** As many files as a program's statement names one by one. Their digests are for messages only. */
export const MOST_NAMED_FILES = 10_000;

/** A field that this version does not know is refused: it may be a limit. */
export const filePredicateSchema = lazy(() =>
  z.strictObject({
    files: z.array(filePattern()).min(1).max(100).describe("The names under which it may be deployed."),
    ...common(),
  }),
);

export const programPredicateSchema = lazy(() =>
  z.strictObject({
    programs: z.array(programPattern()).min(1).max(100).describe("The projects and stacks it may run as."),
    include: z
      .array(selectionPattern())
      .max(50)
      .describe("Files that are covered although an exclusion names them."),
    exclude: z.array(selectionPattern()).max(50).describe("Files that are not covered."),
    files: z
      .record(z.string(), sha256())
      .refine((files) => Object.keys(files).length <= MOST_NAMED_FILES, "names too many files")
      .optional()
      .describe("SHA-256 of each file, to say which one differs. What counts is the subject's dirHash."),
    ...common(),
  }),
);

export type FilePredicate = z.infer<ReturnType<typeof filePredicateSchema>>;
export type ProgramPredicate = z.infer<ReturnType<typeof programPredicateSchema>>;

interface About {
  readonly name: string;
  readonly digests: DigestSet;
}

/** The JSON text of the statement that approves a deployment file. Its schema: schemas/file-statement.v1.schema.json. */
export function createFileStatement({ name, digests }: About, predicate: FilePredicate): string {
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: digests }],
    predicateType: FILE_PREDICATE_TYPE,
    predicate: filePredicateSchema().parse(predicate),
  });
}

/** The JSON text of the statement that approves a program. Its schema: schemas/program-statement.v1.schema.json. */
export function createProgramStatement({ name, digests }: About, predicate: ProgramPredicate): string {
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: digests }],
    predicateType: PROGRAM_PREDICATE_TYPE,
    predicate: programPredicateSchema().parse(predicate),
  });
}

/** The whole statements, for the published JSON Schemas. */
export const fileStatementSchema = lazy(() =>
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: z
      .array(
        z.strictObject({
          name: z.string().describe("The file's or folder's name, for people."),
          digest: z.strictObject({
            sha256: sha256().optional().describe("SHA-256 of the file's bytes."),
            dirHash: sha256()
              .optional()
              .describe("Go's dirhash Hash1 over a folder's files, in hexadecimal."),
          }),
        }),
      )
      .length(1),
    predicateType: z.literal(FILE_PREDICATE_TYPE),
    predicate: filePredicateSchema(),
  }),
);

export const programStatementSchema = lazy(() =>
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: z
      .array(
        z.strictObject({
          name: z.string().describe("The program's folder, for people."),
          digest: z.strictObject({
            dirHash: sha256().describe("Go's dirhash Hash1 over the covered files, in hexadecimal."),
          }),
        }),
      )
      .length(1),
    predicateType: z.literal(PROGRAM_PREDICATE_TYPE),
    predicate: programPredicateSchema(),
  }),
);
