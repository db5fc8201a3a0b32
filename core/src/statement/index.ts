export { type AttestationInput, createAttestation } from "./attestation.ts";
export {
  createFileStatement,
  createProgramStatement,
  filePattern,
  type FilePredicate,
  fileStatementSchema,
  programPattern,
  type ProgramPredicate,
  programStatementSchema,
  selectionPattern,
} from "./deployment.ts";
export { matchesAny, matchesAnyProgram, matchesEveryName, matchesGlob } from "./glob.ts";
export { type CodePredicate, codeStatementSchema, namePattern } from "./predicate.ts";
export { type CodeStatementInput, createCodeStatement, parseStatement } from "./statement.ts";
export {
  CODE_PREDICATE_TYPE,
  FILE_PREDICATE_TYPE,
  IN_TOTO_PAYLOAD_TYPE,
  isOwnPredicateType,
  PROGRAM_PREDICATE_TYPE,
  type Statement,
} from "./types.ts";
