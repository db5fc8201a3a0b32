import type { LambdaClient } from "@aws-sdk/client-lambda";
import { createBudget } from "./verifierParts.ts";

/** Calls a second. */
export interface Budget {
  readonly getFunction: number;
  readonly others: number;
}

/**
 * A fifth of what Lambda allows an account in a region (100 GetFunction a second, 15 of all other control-plane calls
 * together; AWS Lambda Developer Guide, "Lambda quotas"), so that deployments have the rest.
 */
export const USUAL_BUDGET: Budget = { getFunction: 20, others: 3 };

/** Makes a client keep a budget. Tries again count as well: AWS counts them. */
export function keepBudget(client: LambdaClient, budget: Budget): void {
  const getFunction = createBudget(budget.getFunction);
  const others = createBudget(budget.others);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (input) => {
        await (commandName === "GetFunctionCommand" ? getFunction : others)();
        return next(input);
      },
    // After the step that tries again, which has priority "high".
    { step: "finalizeRequest", name: "fnsealBudget", priority: "low" },
  );
}
