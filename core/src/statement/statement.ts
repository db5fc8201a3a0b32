import { z } from "zod";
import { DIGEST_ALGORITHMS, type DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import {
  CODE_PREDICATE_PREFIX,
  CODE_PREDICATE_TYPE,
  type CodePredicate,
  codePredicateSchema,
  STATEMENT_TYPE,
  STATEMENT_TYPE_V01,
} from "./predicate.ts";

/** A statement after it was read: about which bytes, and what it says. */
export interface Statement {
  readonly subjects: readonly { readonly name: string; readonly digests: DigestSet }[];
  readonly predicateType: string;
  /** Only of fnseal's own type; what other types say is not read here. */
  readonly code?: CodePredicate;
}

/** What to sign. */
export interface CodeStatementInput {
  readonly name: string;
  readonly digests: DigestSet;
  readonly functions: readonly string[];
  readonly layers: readonly string[];
  readonly signedAt: Date;
  readonly expires?: Date;
  readonly generator?: string;
}

/** The JSON text of the statement that `fnseal sign` signs. Its schema: schemas/code-statement.v1.schema.json. */
export function createCodeStatement(input: CodeStatementInput): string {
  const predicate: CodePredicate = {
    functions: [...input.functions],
    layers: [...input.layers],
    signedAt: input.signedAt.toISOString(),
    ...(input.expires && { expires: input.expires.toISOString() }),
    ...(input.generator && { generator: input.generator }),
  };
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ name: input.name, digest: input.digests }],
    predicateType: CODE_PREDICATE_TYPE,
    predicate: codePredicateSchema.parse(predicate),
  });
}

/** Statements of others name digests that are of no interest here, as git commits; they are left alone. */
const statementSchema = z.object({
  _type: z.enum([STATEMENT_TYPE, STATEMENT_TYPE_V01]),
  subject: z
    .array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()).optional() }))
    .optional(),
  predicateType: z.string().min(1),
  predicate: z.unknown(),
});

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a DSSE payload. The payload may be anyone's; nothing in it is believed until its signature is.
 *
 * @throws FnsealError `statement-malformed`, `statement-no-subject`, `statement-predicate-unknown` (a version of
 *   fnseal's own type that this one does not know)
 */
export function parseStatement(payload: Uint8Array): Statement {
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(payload));
  } catch (cause) {
    throw new FnsealError("statement-malformed", "the signed payload is not JSON", { cause });
  }
  const parsed = statementSchema.safeParse(json);
  if (!parsed.success) {
    throw new FnsealError("statement-malformed", `the signed statement is malformed: ${firstIssue(parsed.error)}`);
  }
  const { subject, predicateType, predicate, _type } = parsed.data;
  if (!subject?.length) throw new FnsealError("statement-no-subject", "the signed statement has no subject");
  const subjects = subject.map(({ name, digest }) => ({ name: name ?? "", digests: knownDigests(digest ?? {}) }));
  if (!predicateType.startsWith(CODE_PREDICATE_PREFIX)) return { subjects, predicateType };
  if (predicateType !== CODE_PREDICATE_TYPE) {
    const message = `the statement is of type ${JSON.stringify(predicateType.slice(0, 200))}, which this version does not know`;
    throw new FnsealError("statement-predicate-unknown", message);
  }
  if (_type !== STATEMENT_TYPE) {
    throw new FnsealError("statement-malformed", `the signed statement's _type is not ${STATEMENT_TYPE}`);
  }
  const code = codePredicateSchema.safeParse(predicate);
  if (!code.success) {
    throw new FnsealError("statement-malformed", `the statement's predicate is malformed: ${firstIssue(code.error)}`);
  }
  return { subjects, predicateType, code: code.data };
}

function knownDigests(digest: Readonly<Record<string, string>>): DigestSet {
  const known: Record<string, string> = {};
  for (const algorithm of DIGEST_ALGORITHMS) {
    const value = digest[algorithm];
    if (value !== undefined && /^[0-9a-f]{64}$/.test(value)) known[algorithm] = value;
  }
  return known;
}

/** The first problem of a schema check, with its path: enough for evidence that is rejected anyway. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "unknown problem";
  return issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message;
}
