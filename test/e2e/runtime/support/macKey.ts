import { CreateKeyCommand, GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import type { MacKey } from "@fnseal/core";
import type { Emulator } from "../../../support/emulator.ts";

/** Makes a key in the account's KMS that seals values of environment variables. */
export async function newMacKey(emulator: Emulator, region?: string): Promise<MacKey> {
  const kms = new KMSClient(emulator.config(region));
  const usage = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" } as const;
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(usage));
  const KeyId = KeyMetadata?.Arn ?? "";
  return {
    uri: `awskms:///${KeyId}`,
    mac: async (Message) => {
      const asked = new GenerateMacCommand({ KeyId, MacAlgorithm: "HMAC_SHA_256", Message });
      return Buffer.from((await kms.send(asked)).Mac ?? []);
    },
  };
}
