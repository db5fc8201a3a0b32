import { FnsealError } from "../errors.ts";
import { isStatementDocument, knownSubjects } from "./document.ts";
import {
  CODE_PREDICATE_TYPE,
  FILE_PREDICATE_TYPE,
  isOwnPredicateType,
  PROGRAM_PREDICATE_TYPE,
  type Statement,
  STATEMENT_TYPE,
} from "./types.ts";
import { isUsualPredicate } from "./usual.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

const OWN_TYPES: ReadonlySet<string> = new Set([
  CODE_PREDICATE_TYPE,
  FILE_PREDICATE_TYPE,
  PROGRAM_PREDICATE_TYPE,
]);

/** What a statement of one of fnseal's own types says. */
export type OwnPredicate = Pick<Statement, "code" | "file" | "program">;

/**
 * Reads a DSSE payload as `parseStatement` does, which has the schemas.
 *
 * @param readOwn reads a predicate of one of fnseal's own types that is not as usual
 * @throws FnsealError as `parseStatement`, and whatever `readOwn` throws
 */
export function readStatement(
  payload: Uint8Array,
  readOwn: (type: string, predicate: unknown) => OwnPredicate,
): Statement {
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
  const subjects = knownSubjects(subject);
  if (!isOwnPredicateType(predicateType)) return { subjects, predicateType, predicate };
  if (!OWN_TYPES.has(predicateType)) {
    const message = `the statement is of type ${JSON.stringify(predicateType.slice(0, 200))}, which this version does not know`;
    throw new FnsealError("statement-predicate-unknown", message);
  }
  if (_type !== STATEMENT_TYPE) {
    throw new FnsealError("statement-malformed", `the signed statement's _type is not ${STATEMENT_TYPE}`);
  }
  const isUsual = predicateType === CODE_PREDICATE_TYPE && isUsualPredicate(predicate);
  return { subjects, predicateType, ...(isUsual ? { code: predicate } : readOwn(predicateType, predicate)) };
}
