import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { text } from "../../wire.ts";
import type { WireMap } from "../../wire.ts";
import type { At, ClientConfig } from "./type.ts";

/** More than the SDK's own number: a test may put a proxy with faults before the emulator. */
const MAX_ATTEMPTS = 5;

/** Gives each region its clients, by the provider's configuration and the environment. */
export type PlaceOf = (region: string | undefined) => At;

/** Whether the environment or the configuration names a cloud to talk to. */
export function isLive(configured: WireMap): boolean {
  return (process.env.AWS_ENDPOINT_URL ?? "") !== "" || text(configured["endpoints"]) !== undefined;
}

/** Makes clients on first use and keeps them. */
export function placesOf(configured: WireMap): PlaceOf {
  const clients = new Map<string, unknown>();
  const endpoints = endpointsIn(configured);
  const credentials = credentialsIn(configured);
  let account: Promise<string> | undefined;

  const placeOf: PlaceOf = (region = text(configured["region"]) ?? "us-east-1") => {
    const client: At["client"] = (kind, service) => {
      const key = `${service} ${region}`;
      const endpoint = endpoints[service] ?? process.env.AWS_ENDPOINT_URL;
      const config: ClientConfig = {
        region,
        maxAttempts: MAX_ATTEMPTS,
        forcePathStyle: true,
        ...credentials,
      };
      const made =
        (clients.get(key) as InstanceType<typeof kind> | undefined) ??
        new kind(endpoint === undefined ? config : { ...config, endpoint });
      clients.set(key, made);
      return made;
    };
    const askAccount = async (): Promise<string> =>
      (await client(STSClient, "sts").send(new GetCallerIdentityCommand())).Account ?? "";
    return { region, client, account: () => (account ??= askAccount()) };
  };
  return placeOf;
}

/** The `endpoints` of the provider: a list of maps from a service's name to its URL, as JSON. */
function endpointsIn(configured: WireMap): Record<string, string | undefined> {
  const json = text(configured["endpoints"]);
  if (json === undefined) return {};
  const list = JSON.parse(json) as Record<string, string>[];
  return Object.assign({}, ...list) as Record<string, string>;
}

function credentialsIn(configured: WireMap): Pick<ClientConfig, "credentials"> {
  const accessKeyId = text(configured["accessKey"]);
  const secretAccessKey = text(configured["secretKey"]);
  const sessionToken = text(configured["token"]);
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}
