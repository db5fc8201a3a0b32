export { type AttestationInput, createAttestation } from "./attestation.ts";
export { matchesAny, matchesEveryName, matchesGlob } from "./glob.ts";
export { type CodePredicate, codeStatementSchema, namePattern } from "./predicate.ts";
export { type CodeStatementInput, createCodeStatement, parseStatement } from "./statement.ts";
export { CODE_PREDICATE_TYPE, IN_TOTO_PAYLOAD_TYPE, type Statement } from "./types.ts";
