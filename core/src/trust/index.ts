export { assertConditions, conditionProblems } from "./conditions.ts";
export { DAY } from "./day.ts";
export { loadTrustPolicy } from "./load.ts";
export { isInScope, type Target, trustedLayerPattern } from "./match.ts";
export { describeProblems, formatPath, type Problem, toProblems, TrustPolicyError } from "./problems.ts";
export { BLOCK_ALSO, RUNTIME_ACTIONS, trustPolicySchema } from "./schema.ts";
export type { LoadOptions } from "./resolve.ts";
export { duration, endOf } from "./scalars.ts";
export { parseTrustedRoot, publicGoodTrustedRoot } from "./trustedRoot.ts";
export type {
  AllowedVariable,
  Authority,
  Exception,
  KeyAuthority,
  KeylessAuthority,
  Revocation,
  Rule,
  RuntimeActions,
  Scope,
  SignedBy,
  TrustPolicy,
} from "./types.ts";
