import { LambdaClient } from "@aws-sdk/client-lambda";
import type { LambdaClientConfig } from "@aws-sdk/client-lambda";

/** The client of a region. */
export type ClientFor = (region: string) => LambdaClient;

/**
 * How long and how often every client of AWS tries. Four attempts with the SDK's jittered backoff outlast a short
 * throttle or a restart; what lasts longer is for the queue, which tries again in minutes. Pass it to each client.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 4,
  retryMode: "standard",
  // Milliseconds. Nothing that the verifier asks takes AWS longer than a second or two.
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/**
 * One client for each region, kept: its connections are reused from event to event.
 *
 * @param prepare is given each client, once
 */
export function createClientFor(
  config: LambdaClientConfig = {},
  prepare: (client: LambdaClient) => void = () => undefined,
): ClientFor {
  const clients = new Map<string, LambdaClient>();
  return (region) => {
    const known = clients.get(region);
    if (known) return known;
    const client = new LambdaClient({ ...CLIENT_SETTINGS, ...config, region });
    prepare(client);
    clients.set(region, client);
    return client;
  };
}
