/** Keeps functions right: decides, remembers, acts and tells, one at a time for each function. */
export type { WatchOptions } from "./context.ts";
export { type Circumstances, decide, type Decision } from "./decide.ts";
export { historyPartition, RECORDS, recordKey } from "./keys.ts";
export { createOperator, type Operator } from "./operator.ts";
export { pauseSchema, readPause } from "./pause.ts";
export { parseRecord, readRecord } from "./records.ts";
export { TryAgain } from "./retry.ts";
export { areTagsInScope, isNameInScope } from "./scope.ts";
export { createWatcher } from "./watcher.ts";
