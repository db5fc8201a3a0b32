import type { ApiBudget } from "./verifierParts.ts";

/**
 * A fifth of what Lambda allows an account in a region (100 GetFunction a second, 15 of all other control-plane calls
 * together; AWS Lambda Developer Guide, "Lambda quotas"), so that deployments have the rest.
 */
export const USUAL_BUDGET: ApiBudget = { getFunctionPerSecond: 20, othersPerSecond: 3 };
