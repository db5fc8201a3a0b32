import type { Context } from "aws-lambda";
import { createClients } from "./aws/clients.ts";
import { createAwsPorts } from "./aws/ports.ts";
import { loadConfiguration } from "./config/index.ts";
import type { Handle } from "./handler.ts";
import { createLog, createMetrics } from "./observe/index.ts";
import { describeFailure } from "./safeText.ts";
import { createVerifier } from "./verifier.ts";

const log = createLog();
const metrics = createMetrics();

function start(): Handle {
  const configuration = loadConfiguration(import.meta.dirname, process.env);
  const clients = createClients(configuration.resources, configuration.settings.sweep);
  const ports = createAwsPorts(clients, configuration.resources, { clock: () => new Date(), log, metrics });
  return createVerifier(ports, configuration).handle;
}

// At once where Lambda loads it: the time before the first event is not paid for by that event.
let handle = process.env["AWS_LAMBDA_FUNCTION_NAME"] === undefined ? undefined : start();

/** What Lambda calls. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  handle ??= start();
  try {
    return await handle(event, {
      invokedArn: context.invokedFunctionArn,
      remaining: () => context.getRemainingTimeInMillis(),
    });
  } catch (thrown) {
    log.error("an invocation failed", { why: describeFailure(thrown) });
    throw thrown;
  } finally {
    metrics.flush();
  }
}
