import type * as z from "zod";
import { DIGEST_ALGORITHMS, type DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import {
  CODE_PREDICATE_PREFIX,
  CODE_PREDICATE_TYPE,
  type CodePredicate,
  codePredicateSchema,
  isRecord,
  isUsualPredicate,
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
    predicate: codePredicateSchema().parse(predicate),
  });
}

/** Statements of others name digests that are of no interest here, as git commits; they are left alone. */
interface StatementDocument {
  readonly _type: string;
  readonly subject?: readonly {
    readonly name?: string;
    readonly digest?: Readonly<Record<string, string>>;
  }[];
  readonly predicateType: string;
  readonly predicate?: unknown;
}

function isStatementDocument(json: unknown): json is StatementDocument {
  return (
    isRecord(json) &&
    (json["_type"] === STATEMENT_TYPE || json["_type"] === STATEMENT_TYPE_V01) &&
    (json["subject"] === undefined || (Array.isArray(json["subject"]) && json["subject"].every(isSubject))) &&
    typeof json["predicateType"] === "string" &&
    json["predicateType"] !== ""
  );
}

function isSubject(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, digest } = value;
  return (
    (name === undefined || typeof name === "string") &&
    (digest === undefined ||
      (isRecord(digest) && Object.values(digest).every((hex) => typeof hex === "string")))
  );
}

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
  if (!isStatementDocument(json)) {
    throw new FnsealError("statement-malformed", "the signed payload is not an in-toto statement");
  }
  const { subject, predicateType, predicate, _type } = json;
  if (!subject?.length) throw new FnsealError("statement-no-subject", "the signed statement has no subject");
  const subjects = subject.map(({ name, digest }) => ({
    name: name ?? "",
    digests: knownDigests(digest ?? {}),
  }));
  if (!predicateType.startsWith(CODE_PREDICATE_PREFIX)) return { subjects, predicateType };
  if (predicateType !== CODE_PREDICATE_TYPE) {
    const message = `the statement is of type ${JSON.stringify(predicateType.slice(0, 200))}, which this version does not know`;
    throw new FnsealError("statement-predicate-unknown", message);
  }
  if (_type !== STATEMENT_TYPE) {
    throw new FnsealError("statement-malformed", `the signed statement's _type is not ${STATEMENT_TYPE}`);
  }
  if (isUsualPredicate(predicate)) return { subjects, predicateType, code: predicate };
  const code = codePredicateSchema().safeParse(predicate);
  if (!code.success) {
    throw new FnsealError(
      "statement-malformed",
      `the statement's predicate is malformed: ${firstIssue(code.error)}`,
    );
  }
  return { subjects, predicateType, code: code.data };
}

function knownDigests(digest: Readonly<Record<string, string>>): DigestSet {
  const known: Record<string, string> = {};
  for (const algorithm of DIGEST_ALGORITHMS) {
    const value = Object.hasOwn(digest, algorithm) ? digest[algorithm] : undefined;
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
