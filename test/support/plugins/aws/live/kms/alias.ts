import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import type { AliasListEntry } from "@aws-sdk/client-kms";
import type { AliasArgs } from "@pulumi/aws/kms/alias.js";
import { NotFound } from "../errors.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";

const kms = (at: At): KMSClient => at.client(KMSClient, "kms");

/** There is no call for one alias. */
async function entryOf(name: string, at: At): Promise<AliasListEntry> {
  let Marker: string | undefined;
  do {
    const page = await kms(at).send(new ListAliasesCommand({ Marker }));
    const entry = page.Aliases?.find(({ AliasName }) => AliasName === name);
    if (entry !== undefined) return entry;
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  throw new NotFound(`${name} does not exist`);
}

export const alias = live<AliasArgs>({
  autoname: "name",
  nameBefore: "alias/",
  required: ["targetKeyId"],
  computed: ["arn", "targetKeyArn"],
  create: async (inputs, at) => {
    const { name: AliasName = "", targetKeyId: TargetKeyId } = inputs;
    await kms(at).send(new CreateAliasCommand({ AliasName, TargetKeyId }));
    return AliasName;
  },
  read: async (name, at, known) => {
    const entry = await entryOf(name, at);
    const { KeyMetadata } = await kms(at).send(new DescribeKeyCommand({ KeyId: entry.TargetKeyId }));
    // The program may have given the key's ARN.
    const targetKeyId = known.targetKeyId === KeyMetadata?.Arn ? KeyMetadata?.Arn : entry.TargetKeyId;
    return { name, arn: entry.AliasArn, targetKeyId, targetKeyArn: KeyMetadata?.Arn };
  },
  update: async (AliasName, { targetKeyId: TargetKeyId }, at) => {
    await kms(at).send(new UpdateAliasCommand({ AliasName, TargetKeyId }));
  },
  delete: async (AliasName, at) => {
    await kms(at).send(new DeleteAliasCommand({ AliasName }));
  },
});
