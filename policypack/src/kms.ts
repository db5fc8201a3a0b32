/** Everything that asks KMS: a bundle of its own, which is loaded where a trusted signature seals values. */
import { KMSClient, KMSInvalidMacException, VerifyMacCommand } from "@aws-sdk/client-kms";

/** Milliseconds. A preview must not hang on a network that is not there. */
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true };

const clients = new Map<string, KMSClient>();

/**
 * Whether a MAC is that of a message, by the caller's own AWS credentials.
 *
 * @param keyArn of spec HMAC_256
 * @throws what the SDK throws
 */
export async function askKms(
  keyArn: string,
  region: string,
  message: Uint8Array,
  mac: Uint8Array,
): Promise<boolean> {
  const client = clients.get(region) ?? new KMSClient({ region, maxAttempts: 3, requestHandler: TIMEOUTS });
  clients.set(region, client);
  try {
    const command = new VerifyMacCommand({
      KeyId: keyArn,
      MacAlgorithm: "HMAC_SHA_256",
      Message: message,
      Mac: mac,
    });
    return (await client.send(command)).MacValid === true;
  } catch (thrown) {
    if (thrown instanceof KMSInvalidMacException) return false;
    throw thrown;
  }
}
