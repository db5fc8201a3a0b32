import { createOwnCalls } from "../events/ownCalls.ts";
import type { Resources } from "../model/settings.ts";
import type { Clock, Log, Metrics } from "../ports.ts";
import type { VerifierPorts } from "../verifier.ts";
import type { ClientFor } from "./clientFor.ts";
import type { Clients } from "./clients.ts";
import { createDownload } from "./download.ts";
import { createFindingEvents } from "./findingEvents.ts";
import { createFunctions } from "./functions.ts";
import { createItems } from "./items.ts";
import { createLevers } from "./levers.ts";
import { createNotices } from "./notices.ts";
import { createRedelivery, createSweepQueue } from "./queue.ts";
import { createSeal } from "./seal.ts";
import { createVerifyMac } from "./verifyMac.ts";

/** All ports on AWS. */
export function createAwsPorts(
  clients: Clients,
  resources: Resources,
  { clock, log, metrics }: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): VerifierPorts {
  const items = createItems(clients.dynamodb, resources.table, log);
  const ownCalls = createOwnCalls(items, clock);
  const lambda = (clientFor: ClientFor) => ({
    functions: createFunctions(clientFor),
    levers: createLevers(clientFor, (requestId) => ownCalls.remember(requestId)),
  });
  return {
    ...lambda(clients.lambda),
    unhurried: lambda(clients.unhurried),
    download: createDownload(),
    bundles: clients.store,
    notices: createNotices(clients.sns, resources.topicArn),
    events: createFindingEvents(clients.events, resources.busName),
    verifyMac: createVerifyMac(clients.options),
    seal: createSeal(clients.kms, resources.sealKeyArn),
    items,
    ownCalls,
    redelivery: createRedelivery(clients.sqs),
    sweepQueue: createSweepQueue(clients.sqs, resources.sweepQueueUrl),
    metrics,
    clock,
    log,
  };
}
