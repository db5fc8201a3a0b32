import type * as z from "zod";
import type { SealedConfiguration } from "../configuration/sealed.ts";
import type { DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { filePredicateSchema, programPredicateSchema } from "./deployment.ts";
import { type CodePredicate, codePredicateSchema } from "./predicate.ts";
import {
  CODE_PREDICATE_TYPE,
  FILE_PREDICATE_TYPE,
  PROGRAM_PREDICATE_TYPE,
  type Statement,
  STATEMENT_TYPE,
} from "./types.ts";
import { type OwnPredicate, readStatement } from "./readStatement.ts";

/** What to sign. */
export interface CodeStatementInput {
  readonly name: string;
  readonly digests: DigestSet;
  /** What else it is about: the images of an index. */
  readonly more?: readonly { readonly name: string; readonly digests: DigestSet }[];
  readonly functions: readonly string[];
  readonly layers: readonly string[];
  readonly signedAt: Date;
  readonly expires?: Date;
  /** The configuration that functions must have to run it. */
  readonly configuration?: SealedConfiguration | undefined;
  readonly generator?: string;
}

/** The JSON text of the statement that `fnseal sign` signs. Its schema: schemas/code-statement.v1.schema.json. */
export function createCodeStatement(input: CodeStatementInput): string {
  const predicate: CodePredicate = {
    functions: [...input.functions],
    layers: [...input.layers],
    signedAt: input.signedAt.toISOString(),
    ...(input.expires && { expires: input.expires.toISOString() }),
    ...(input.configuration && { configuration: input.configuration }),
    ...(input.generator && { generator: input.generator }),
  };
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [input, ...(input.more ?? [])].map(({ name, digests }) => ({ name, digest: digests })),
    predicateType: CODE_PREDICATE_TYPE,
    predicate: codePredicateSchema().parse(predicate),
  });
}

/**
 * Reads a DSSE payload. The payload may be anyone's; nothing in it is believed until its signature is.
 *
 * @throws FnsealError `statement-malformed`, `statement-no-subject`, `statement-predicate-unknown` (a version of
 *   fnseal's own types that this one does not know)
 */
export function parseStatement(payload: Uint8Array): Statement {
  return readStatement(payload, readPredicate);
}

function readPredicate(type: string, predicate: unknown): OwnPredicate {
  if (type === FILE_PREDICATE_TYPE) return { file: checked(filePredicateSchema(), predicate) };
  if (type === PROGRAM_PREDICATE_TYPE) return { program: checked(programPredicateSchema(), predicate) };
  return { code: checked(codePredicateSchema(), predicate) };
}

function checked<T>(schema: z.ZodType<T>, predicate: unknown): T {
  const parsed = schema.safeParse(predicate);
  if (parsed.success) return parsed.data;
  const message = `the statement's predicate is malformed: ${firstIssue(parsed.error)}`;
  throw new FnsealError("statement-malformed", message);
}

/** The first problem of a schema check, with its path: enough for evidence that is rejected anyway. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "unknown problem";
  return issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message;
}
