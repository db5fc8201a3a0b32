import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
  SNSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import type { TopicArgs } from "@pulumi/aws/sns/topic.js";
import { found } from "../errors.ts";
import { policyText } from "../iam/documents.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";

const sns = (at: At): SNSClient => at.client(SNSClient, "sns");

/** Every attribute that these inputs stand for; undefined is AWS's own value. */
function attributesOf(inputs: Inputs<TopicArgs>): Record<string, string | undefined> {
  return {
    DisplayName: inputs.displayName,
    KmsMasterKeyId: inputs.kmsMasterKeyId,
    Policy: inputs.policy === undefined ? undefined : policyText(inputs.policy),
    DeliveryPolicy: inputs.deliveryPolicy,
    SignatureVersion: inputs.signatureVersion === undefined ? undefined : String(inputs.signatureVersion),
    TracingConfig: inputs.tracingConfig,
  };
}

export const topic = live<TopicArgs>({
  autoname: "name",
  nameAfter: (inputs) => (inputs.fifoTopic === true ? ".fifo" : ""),
  replaceOn: ["fifoTopic"],
  defaults: { tags: {}, displayName: "", kmsMasterKeyId: undefined },
  computed: ["arn", "owner", "policy", "tagsAll"],
  create: async (inputs, at) => {
    const given = Object.entries(attributesOf(inputs)).filter(([, value]) => value !== undefined);
    const Attributes = Object.fromEntries(given) as Record<string, string>;
    if (inputs.fifoTopic === true) Attributes["FifoTopic"] = "true";
    const { TopicArn } = await sns(at).send(
      new CreateTopicCommand({ Name: inputs.name, Attributes, Tags: tagList(inputs.tags) }),
    );
    return found(TopicArn, "the topic's ARN");
  },
  read: async (TopicArn, at) => {
    const { Attributes: its = {} } = await sns(at).send(new GetTopicAttributesCommand({ TopicArn }));
    const { Tags } = await sns(at).send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    return {
      arn: TopicArn,
      name: TopicArn.split(":").at(-1),
      owner: its["Owner"],
      policy: its["Policy"],
      displayName: its["DisplayName"],
      kmsMasterKeyId: its["KmsMasterKeyId"],
      ...tagOutputs(Tags),
    };
  },
  update: async (TopicArn, inputs, at, state) => {
    const old = attributesOf(state);
    for (const [AttributeName, value] of Object.entries(attributesOf(inputs))) {
      // A topic's policy without one in the program belongs to a TopicPolicy.
      const kept = value === undefined && (AttributeName === "Policy" || old[AttributeName] === undefined);
      if (kept || value === old[AttributeName]) continue;
      await sns(at).send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue: value ?? "" }),
      );
    }
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await sns(at).send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: removed }));
    if (set) await sns(at).send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: tagList(set) }));
  },
  delete: async (TopicArn, at) => {
    await sns(at).send(new DeleteTopicCommand({ TopicArn }));
  },
});
