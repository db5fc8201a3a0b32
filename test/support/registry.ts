export { writeDockerConfig } from "./registry/docker.ts";
export { type FaultyServer, startFaulty } from "./registry/faulty.ts";
export { type MadeImage, makeImage, makeIndex } from "./registry/images.ts";
export { withReferrersApi } from "./registry/referrersApi.ts";
export { PASSWORD, type RegistryService, startRegistry, USER } from "./registry/start.ts";
