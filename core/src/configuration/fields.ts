/** Parts of a function's configuration that a signature can bind, as they are called everywhere. */
export const CONFIGURATION_FIELDS = [
  "handler",
  "runtime",
  "architectures",
  "layers",
  "role",
  "environment",
  "fileSystems",
  "vpc",
  "imageConfig",
] as const;

export type ConfigurationField = (typeof CONFIGURATION_FIELDS)[number];

/** What a rule may ask for. The values of environment variables are bound only by a MAC, so they are asked for apart. */
export const SEALABLE = [...CONFIGURATION_FIELDS, "environmentValues"] as const;

export type Sealable = (typeof SEALABLE)[number];
