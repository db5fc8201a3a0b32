/** What the command line uses of the runtime verifier. */
export { createDownload, createFunctions, createVerifyMac } from "../../../verifier/src/aws/index.ts";
export { ecrCredentials } from "../../../verifier/src/aws/ecr.ts";
export {
  ENVIRONMENT,
  parseEnvironment,
  parseSettings,
  SETTINGS_FILE,
} from "../../../verifier/src/config/index.ts";
export { parseFunctionName } from "../../../verifier/src/events/functionName.ts";
export { createInspector, type Inspector, outcomeOf } from "../../../verifier/src/inspect/index.ts";
export { mapLimit } from "../../../verifier/src/inspect/parallel.ts";
export type { ListedFunction } from "../../../verifier/src/model/facts.ts";
export type { Inspection, Judgement } from "../../../verifier/src/model/inspection.ts";
export { arnOf, type Place } from "../../../verifier/src/model/place.ts";
export type { FunctionRecord } from "../../../verifier/src/model/record.ts";
export type { Resources, Settings } from "../../../verifier/src/model/settings.ts";
export type { Functions, Log } from "../../../verifier/src/ports.ts";
export { createS3Store, putBundle } from "../../../verifier/src/store/index.ts";
export { type ApiBudget, keepBudget } from "../../../verifier/src/aws/keepBudget.ts";
export { sweepKey, type SweepState, sweepStateSchema } from "../../../verifier/src/sweep/state.ts";
export { createItems } from "../../../verifier/src/aws/items.ts";
export { type Finding, findingSchema } from "../../../verifier/src/model/finding.ts";
export type { Items } from "../../../verifier/src/ports.ts";
export { BREAKER_KEY, historyPartition, PAUSE_KEY, RECORDS } from "../../../verifier/src/watch/keys.ts";
export { type Pause, pauseSchema } from "../../../verifier/src/watch/pause.ts";
export { parseRecord } from "../../../verifier/src/watch/records.ts";
