/** Findings: how they are made of what was found, and what a person reads of them. */
export { type About, findingAbout, withDone } from "./common.ts";
export { evidenceOf } from "./evidence.ts";
export {
  findingOfBreaker,
  findingOfExpiry,
  findingOfFailure,
  findingOfLift,
  findingOfScope,
  findingOfStatus,
  findingOfTag,
  findingOfVersions,
} from "./function.ts";
export { findingId } from "./id.ts";
export { findingOfOperator, type OperatorDeed } from "./operator.ts";
export { stopsOf } from "./stops.ts";
export { subjectOf } from "./subject.ts";
