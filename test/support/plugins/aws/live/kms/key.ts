import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import type { KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import type { KeyArgs } from "@pulumi/aws/kms/key.js";
import { found, NotFound } from "../errors.ts";
import { tagChanges, tagOutputs } from "../tags.ts";
import type { Tags } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";

const kms = (at: At): KMSClient => at.client(KMSClient, "kms");

/** KMS has its own names for a tag's parts. */
function kmsTags(tags: Tags | undefined): { TagKey: string; TagValue: string }[] {
  return Object.entries(tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

/** What a key can only be told once it exists. */
async function settings(
  KeyId: string,
  inputs: Inputs<KeyArgs>,
  at: At,
  state?: Inputs<KeyArgs>,
): Promise<void> {
  const rotation = inputs.enableKeyRotation ?? false;
  const RotationPeriodInDays = inputs.rotationPeriodInDays;
  const old = [state?.enableKeyRotation ?? false, state?.rotationPeriodInDays];
  if (rotation && !covers([rotation, RotationPeriodInDays], old))
    await kms(at).send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays }));
  if (!rotation && state?.enableKeyRotation === true)
    await kms(at).send(new DisableKeyRotationCommand({ KeyId }));
  const enabled = inputs.isEnabled ?? true;
  if (enabled === (state?.isEnabled ?? true)) return;
  await kms(at).send(enabled ? new EnableKeyCommand({ KeyId }) : new DisableKeyCommand({ KeyId }));
}

export const key = live<KeyArgs>({
  replaceOn: ["customerMasterKeySpec", "keyUsage", "multiRegion"],
  defaults: { tags: {}, enableKeyRotation: false, isEnabled: true },
  computed: ["arn", "keyId", "policy", "description", "multiRegion", "rotationPeriodInDays", "tagsAll"],
  create: async (inputs, at) => {
    const { KeyMetadata } = await kms(at).send(
      new CreateKeyCommand({
        Description: inputs.description,
        KeyUsage: inputs.keyUsage as KeyUsageType | undefined,
        KeySpec: inputs.customerMasterKeySpec as KeySpec | undefined,
        MultiRegion: inputs.multiRegion,
        Policy: inputs.policy,
        Tags: kmsTags(inputs.tags),
      }),
    );
    const id = found(KeyMetadata?.KeyId, "the key's id");
    await settings(id, inputs, at);
    return id;
  },
  read: async (KeyId, at) => {
    const { KeyMetadata: its } = await kms(at).send(new DescribeKeyCommand({ KeyId }));
    if (its?.KeyState === "PendingDeletion") throw new NotFound(`${KeyId} is to be deleted`);
    const { Policy } = await kms(at).send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    const { KeyRotationEnabled } = await kms(at).send(new GetKeyRotationStatusCommand({ KeyId }));
    const { Tags } = await kms(at).send(new ListResourceTagsCommand({ KeyId }));
    return {
      keyId: KeyId,
      arn: its?.Arn,
      description: its?.Description,
      isEnabled: its?.Enabled,
      keyUsage: its?.KeyUsage,
      customerMasterKeySpec: its?.KeySpec,
      multiRegion: its?.MultiRegion,
      policy: Policy,
      enableKeyRotation: KeyRotationEnabled ?? false,
      ...tagOutputs(Tags?.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }))),
    };
  },
  update: async (KeyId, inputs, at, state) => {
    const Description = inputs.description ?? "";
    if (Description !== (state.description ?? ""))
      await kms(at).send(new UpdateKeyDescriptionCommand({ KeyId, Description }));
    const { policy: Policy } = inputs;
    if (Policy !== undefined && !covers(Policy, state.policy))
      await kms(at).send(new PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy }));
    await settings(KeyId, inputs, at, state);
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await kms(at).send(new UntagResourceCommand({ KeyId, TagKeys: removed }));
    if (set) await kms(at).send(new TagResourceCommand({ KeyId, Tags: kmsTags(set) }));
  },
  delete: async (KeyId, at, state) => {
    const PendingWindowInDays = state.deletionWindowInDays ?? 30;
    await kms(at).send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }));
  },
});
