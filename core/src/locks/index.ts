/** What a program's dependencies are, as its lock files say. */
export { checkLocks } from "./check.ts";
export { checkInstalled } from "./installed.ts";
export type { CoveredFiles, Lock } from "./types.ts";
