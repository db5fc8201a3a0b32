import { AsyncLocalStorage } from "node:async_hooks";
import type { LambdaClient } from "@aws-sdk/client-lambda";

const HEADER = "x-amzn-requestid";
const current = new AsyncLocalStorage<Set<string>>();
const watched = new WeakSet<LambdaClient>();

/**
 * The request ids of every attempt that AWS answered during `call`, also where it fails. The SDK itself tells only the
 * last one, and an attempt that ended in a 500 may have changed something all the same.
 */
export async function withRequestIds<T>(
  client: LambdaClient,
  call: () => Promise<T>,
): Promise<{ readonly ids: ReadonlySet<string>; readonly result: PromiseSettledResult<T> }> {
  watch(client);
  const ids = new Set<string>();
  const [result] = await Promise.allSettled([current.run(ids, call)]);
  return { ids, result };
}

function watch(client: LambdaClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const id = requestIdOf(answer.response);
      if (id !== undefined) current.getStore()?.add(id);
      return answer;
    },
    // Behind the parser, which throws for answers that are errors.
    { step: "deserialize", priority: "low", name: "fnsealRequestIds" },
  );
}

function requestIdOf(response: unknown): string | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const headers = response.headers as Readonly<Record<string, string | undefined>>;
  return headers[HEADER];
}
