import { KMSClient, KMSInvalidMacException, VerifyMacCommand } from "@aws-sdk/client-kms";
import { FnsealError, parseKmsReference, type VerifyMac } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import { CLIENT_SETTINGS } from "./clientFor.ts";
import type { ClientOptions } from "./clients.ts";
import { asking } from "./errors.ts";

const ACTION = "kms:VerifyMac";

/**
 * Asks KMS whether sealed values are the same. Needs `kms:VerifyMac` on the keys that the trust policy names.
 *
 * @throws AwsFailure where trying again may help; FnsealError `seal-unchecked` where it does not
 */
export function createVerifyMac(options: ClientOptions = {}): VerifyMac {
  const clients = new Map<string, KMSClient>();
  const clientFor = (region: string): KMSClient => {
    const client = clients.get(region) ?? new KMSClient({ ...CLIENT_SETTINGS, ...options, region });
    clients.set(region, client);
    return client;
  };
  return async (key, message, mac) => {
    const { keyId, region } = parseKmsReference(key);
    if (region === undefined) throw new FnsealError("seal-unchecked", `${key} names no region`);
    const command = new VerifyMacCommand({
      KeyId: keyId,
      MacAlgorithm: "HMAC_SHA_256",
      Message: message,
      Mac: mac,
    });
    try {
      const answer = await asking(ACTION, () => send(clientFor(region), command));
      return answer === "valid";
    } catch (thrown) {
      if (!(thrown instanceof AwsFailure) || thrown.isPassing) throw thrown;
      throw new FnsealError("seal-unchecked", `${thrown.message}, of ${key}`, { cause: thrown });
    }
  };
}

/** KMS says by an error that a MAC is not the message's. */
async function send(client: KMSClient, command: VerifyMacCommand): Promise<"valid" | "invalid"> {
  try {
    const { MacValid } = await client.send(command);
    return MacValid === true ? "valid" : "invalid";
  } catch (thrown) {
    if (thrown instanceof KMSInvalidMacException) return "invalid";
    throw thrown;
  }
}
