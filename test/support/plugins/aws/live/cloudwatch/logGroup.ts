import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DisassociateKmsKeyCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroup, LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupArgs } from "@pulumi/aws/cloudwatch/logGroup.js";
import { found } from "../errors.ts";
import { tagChanges, tagOutputs } from "../tags.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";

const logs = (at: At): CloudWatchLogsClient => at.client(CloudWatchLogsClient, "cloudwatchlogs");

/** There is no call for one group; of the names that start alike its own comes first. */
async function groupOf(name: string, at: At): Promise<LogGroup> {
  const { logGroups = [] } = await logs(at).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return found(
    logGroups.find(({ logGroupName }) => logGroupName === name),
    name,
  );
}

/** The ARN without the `:*` that stands for the group's streams. */
function arnOf(group: LogGroup): string {
  return (group.arn ?? "").replace(/:\*$/, "");
}

async function setRetention(
  logGroupName: string,
  retentionInDays: number | undefined,
  at: At,
): Promise<void> {
  // 0 is the provider's word for "for ever".
  if ((retentionInDays ?? 0) === 0) await logs(at).send(new DeleteRetentionPolicyCommand({ logGroupName }));
  else await logs(at).send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
}

export const logGroup = live<LogGroupArgs>({
  autoname: "name",
  replaceOn: ["logGroupClass"],
  defaults: { tags: {}, retentionInDays: 0, kmsKeyId: undefined },
  computed: ["arn", "logGroupClass", "tagsAll"],
  create: async (inputs, at) => {
    const logGroupName = inputs.name ?? "";
    await logs(at).send(
      new CreateLogGroupCommand({
        logGroupName,
        kmsKeyId: inputs.kmsKeyId,
        logGroupClass: inputs.logGroupClass as LogGroupClass | undefined,
        tags: inputs.tags,
      }),
    );
    if ((inputs.retentionInDays ?? 0) !== 0) await setRetention(logGroupName, inputs.retentionInDays, at);
    return logGroupName;
  },
  read: async (name, at) => {
    const group = await groupOf(name, at);
    const { tags } = await logs(at).send(new ListTagsForResourceCommand({ resourceArn: arnOf(group) }));
    return {
      name,
      arn: arnOf(group),
      retentionInDays: group.retentionInDays ?? 0,
      kmsKeyId: group.kmsKeyId,
      logGroupClass: group.logGroupClass ?? "STANDARD",
      ...tagOutputs(tags),
    };
  },
  update: async (logGroupName, inputs, at, state) => {
    if ((inputs.retentionInDays ?? 0) !== (state.retentionInDays ?? 0))
      await setRetention(logGroupName, inputs.retentionInDays, at);
    const { kmsKeyId } = inputs;
    if (kmsKeyId !== undefined && kmsKeyId !== state.kmsKeyId)
      await logs(at).send(new AssociateKmsKeyCommand({ logGroupName, kmsKeyId }));
    if (kmsKeyId === undefined && state.kmsKeyId !== undefined)
      await logs(at).send(new DisassociateKmsKeyCommand({ logGroupName }));
    const resourceArn = arnOf(await groupOf(logGroupName, at));
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await logs(at).send(new UntagResourceCommand({ resourceArn, tagKeys: removed }));
    if (set) await logs(at).send(new TagResourceCommand({ resourceArn, tags: set }));
  },
  delete: async (logGroupName, at) => {
    await logs(at).send(new DeleteLogGroupCommand({ logGroupName }));
  },
});
