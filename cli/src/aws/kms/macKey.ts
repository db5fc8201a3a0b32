import { GenerateMacCommand } from "@aws-sdk/client-kms";
import { FnsealError, isFullKmsReference, type KmsReference, type MacKey } from "@fnseal/core";
import type { Environment } from "../../environment.ts";
import { askingKms } from "./errors.ts";
import { openKey } from "./open.ts";

/**
 * A key in KMS that makes MACs, known by its ARN however it was named. Needs `kms:GenerateMac`.
 *
 * @throws FnsealError `kms-…`, `aws-…`; its `mac` too
 */
export async function kmsMacKey(
  environment: Pick<Environment, "env">,
  reference: KmsReference,
): Promise<MacKey> {
  const { client, keyId, uri } = await openKey(environment, reference);
  const ask = async (
    KeyId: string,
    Message: Buffer,
  ): Promise<{ readonly arn: string; readonly mac: Buffer }> => {
    const command = new GenerateMacCommand({ KeyId, MacAlgorithm: "HMAC_SHA_256", Message });
    const answer = await askingKms("kms:GenerateMac", uri, () => client.send(command));
    const mac = Buffer.from(answer.Mac ?? []);
    if (mac.length !== 32 || answer.KeyId === undefined) {
      throw new FnsealError("kms-answer-invalid", `kms:GenerateMac of ${uri}: an answer without a MAC`);
    }
    return { arn: answer.KeyId, mac };
  };
  // An alias may be pointed elsewhere between two calls: from here on the key is asked by its ARN.
  const { arn } = await ask(keyId, Buffer.from("fnseal: which key is this?\n"));
  const full = `awskms:///${arn}`;
  if (!isFullKmsReference(full)) {
    throw new FnsealError("kms-answer-invalid", `kms:GenerateMac of ${uri}: the answer names no key by ARN`);
  }
  return { uri: full, mac: async (message) => (await ask(arn, message)).mac };
}
