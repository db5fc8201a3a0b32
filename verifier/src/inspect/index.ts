/** Finds out what runs in a function, and judges it. */
export { fingerprintOf } from "./fingerprint.ts";
export { createInspector } from "./inspector.ts";
export { outcomeOf, severityOf } from "./outcome.ts";
export { type Survey, surveyOf } from "./survey.ts";
export type { FingerprintOptions, InspectOptions, Inspector, InspectPorts, LookOptions } from "./types.ts";
