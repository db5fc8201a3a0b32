export { matchesAny, matchesEveryName, matchesGlob } from "./glob.ts";
export {
  CODE_PREDICATE_TYPE,
  type CodePredicate,
  codeStatementSchema,
  IN_TOTO_PAYLOAD_TYPE,
  namePattern,
} from "./predicate.ts";
export { type CodeStatementInput, createCodeStatement, parseStatement, type Statement } from "./statement.ts";
