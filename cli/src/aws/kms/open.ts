import type { KMSClient } from "@aws-sdk/client-kms";
import type { KmsReference } from "@fnseal/core";
import type { Environment } from "../../environment.ts";
import { createClients, regionOf } from "../clients.ts";

/** A key in KMS and the client to ask about it. */
export interface OpenKey {
  readonly client: KMSClient;
  readonly uri: string;
  readonly keyId: string;
}

/**
 * The key that a reference names. An ARN says its region; otherwise it is the configured one.
 *
 * @throws FnsealError `aws-region-missing`
 */
export async function openKey(
  environment: Pick<Environment, "env">,
  { uri, endpoint, keyId, region }: KmsReference,
): Promise<OpenKey> {
  const where = await regionOf(environment, region);
  const client = createClients().kms(where, endpoint === undefined ? undefined : `https://${endpoint}`);
  return { client, uri, keyId };
}
