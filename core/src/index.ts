/** Everything that the command line, the policy pack and the verifier share. Knows neither Pulumi nor AWS. */
export { describeContent } from "./attestations/describe.ts";
export * from "./bundle/index.ts";
export * from "./codes/index.ts";
export * from "./configuration/index.ts";
export * from "./digest/index.ts";
export * from "./errors.ts";
export * from "./keys/index.ts";
export * from "./program/index.ts";
export * from "./statement/index.ts";
export * from "./store/index.ts";
export * from "./text.ts";
export * from "./trust/index.ts";
export * from "./verify/index.ts";
