/** Looks at every function, slowly, for what events have missed. */
export { createBudget, systemTimer, type Timer } from "./budget.ts";
export { type SweepMessage, sweepMessageSchema } from "./messages.ts";
export type { SweepQueue } from "./queue.ts";
export { sweepKey, type SweepState, sweepStateSchema } from "./state.ts";
export { createSweeper, type Delivery, type Sweeper } from "./sweeper.ts";
