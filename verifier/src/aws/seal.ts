import { createHmac } from "node:crypto";
import { GenerateMacCommand, type KMSClient } from "@aws-sdk/client-kms";
import { AwsFailure } from "../awsFailure.ts";
import type { Seal } from "../ports.ts";
import { asking } from "./errors.ts";

const ACTION = "kms:GenerateMac";
/** Says what the derived key is for; another version of the seal gets another key. */
const PURPOSE = "fnseal runtime verifier: key of the seal, version 1";

/**
 * HMAC-SHA-256 under a key that KMS derives once for each process: the MAC of a constant under a key that never leaves
 * KMS. It stays in memory, and needs `kms:GenerateMac` on that key.
 *
 * @param keyArn a KMS key of spec HMAC_256
 */
export function createSeal(client: KMSClient, keyArn: string): Seal {
  let key: Promise<Uint8Array> | undefined;
  const derive = async (): Promise<Uint8Array> => {
    const command = new GenerateMacCommand({
      KeyId: keyArn,
      MacAlgorithm: "HMAC_SHA_256",
      Message: Buffer.from(PURPOSE),
    });
    const { Mac } = await asking(ACTION, () => client.send(command));
    if (Mac?.length !== 32) throw new AwsFailure("invalid", ACTION, `${ACTION}: an answer without a MAC`);
    return Mac;
  };
  return {
    mac: async (text) => {
      key ??= derive();
      // A failure is not kept: the next message asks again.
      key.catch(() => (key = undefined));
      return createHmac("sha256", await key)
        .update(text)
        .digest("hex");
    },
  };
}
