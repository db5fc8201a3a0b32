/** From messages to looks at functions. */
export { type BatchAnswer, type BatchOptions, handleBatch } from "./batch.ts";
export { parseFunctionName } from "./functionName.ts";
export type { Job } from "./jobs.ts";
export { createLayerWatch } from "./layer.ts";
export { look, type LookOptions, type LookPorts } from "./look.ts";
export { batchSchema } from "./message.ts";
export { createOwnCalls, type OwnCalls } from "./ownCalls.ts";
