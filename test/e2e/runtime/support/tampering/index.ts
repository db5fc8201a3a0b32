/** What somebody does who works against the verifier, part by part. */
import { ON_FUNCTION } from "./function.ts";
import { ON_RULES, ON_TOPIC } from "./messages.ts";
import { ON_OBSERVERS } from "./observers.ts";
import { ON_QUEUES } from "./queues.ts";
import { ON_ROLES } from "./roles.ts";
import { ON_BUCKETS, ON_STATE } from "./stores.ts";
import type { Tampering } from "./tools.ts";

export { type Tampering, type Tools, toolsOf } from "./tools.ts";

/** In this order: the function goes first, and what forwards from other regions last. */
export const TAMPERINGS: readonly Tampering[] = [
  ...ON_FUNCTION,
  ...ON_ROLES,
  ...ON_QUEUES,
  ...ON_STATE,
  ...ON_BUCKETS,
  ...ON_OBSERVERS,
  ...ON_TOPIC,
  ...ON_RULES,
];
