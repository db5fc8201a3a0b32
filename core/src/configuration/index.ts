/** What a function runs with besides its code: sealing it, checking the seal, and what injects code without one. */
export { type AsSealed, asSealed } from "./asSealed.ts";
export { checkSeal, type SealContext, type SealProblem } from "./check.ts";
export { CONFIGURATION_FIELDS, type ConfigurationField, SEALABLE, type Sealable } from "./fields.ts";
export { type InjectionCase, judgeInjection } from "./injection.ts";
export { INJECTING_VARIABLES, type InjectingVariable } from "./injectingVariables.ts";
export { type MacKey, sealConfiguration } from "./seal.ts";
export { sealedConfigurationSchema, type SealedConfiguration } from "./sealed.ts";
export type { Configuration, FileSystem, ImageConfig, ReadLayer, VerifyMac, Vpc } from "./types.ts";
