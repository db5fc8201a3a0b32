/** Log lines and metrics. */
export { createLog } from "./log.ts";
export { type CountedMetrics, createMetrics, NAMESPACE } from "./metrics.ts";
