import type { LambdaClient } from "@aws-sdk/client-lambda";
import { createBudget, systemTimer, type Timer } from "../sweep/budget.ts";

/** Requests a second to one region's control plane; 0 lifts the limit. */
export interface ApiBudget {
  readonly getFunctionPerSecond: number;
  /** All others together. */
  readonly othersPerSecond: number;
}

/**
 * Makes a region's client keep its share of Lambda's API limits: 100 GetFunction requests a second, and 15 of all others
 * together. Every request that is sent counts, tries again and pages too, for AWS counts them.
 * Source: AWS Lambda Developer Guide, "Lambda quotas", API requests.
 */
export function keepBudget(
  client: LambdaClient,
  { getFunctionPerSecond, othersPerSecond }: ApiBudget,
  timer: Timer = systemTimer,
): void {
  const getFunction = createBudget(getFunctionPerSecond, timer);
  const others = createBudget(othersPerSecond, timer);
  const inTurn =
    <In, Out>(next: (args: In) => Promise<Out>, { commandName }: { readonly commandName?: string }) =>
    async (args: In): Promise<Out> => {
      await (commandName === "GetFunctionCommand" ? getFunction() : others());
      return next(args);
    };
  // Within the retries, and before signing: a signature says when it was made.
  const where = { relation: "after", toMiddleware: "retryMiddleware", name: "fnsealBudget" } as const;
  client.middlewareStack.addRelativeTo(inTurn, where);
}
