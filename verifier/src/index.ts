/** The runtime verifier: what runs in the account is what was signed. */
export * from "./config/index.ts";
export type { Handle, Invocation } from "./handler.ts";
export { findingSchema, type Change, type Done, type Finding } from "./model/finding.ts";
export { arnOf, keyOf, type Place } from "./model/place.ts";
export { type Resources, type Settings, settingsSchema } from "./model/settings.ts";
export { createVerifier, type Verifier, type VerifierPorts } from "./verifier.ts";
