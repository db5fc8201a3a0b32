import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import type { TopicPolicyArgs } from "@pulumi/aws/sns/topicPolicy.js";
import { policyText } from "../iam/documents.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";

const sns = (at: At): SNSClient => at.client(SNSClient, "sns");

async function set(TopicArn: string, AttributeValue: string, at: At): Promise<void> {
  await sns(at).send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
}

/** What a topic has from the start, and gets back: its owner may do everything. */
function ownersPolicy(TopicArn: string, owner: string): string {
  const Action = ["Publish", "Subscribe", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic"];
  const Statement = {
    Sid: "__default_statement_ID",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: Action.map((each) => `SNS:${each}`),
    Resource: TopicArn,
    Condition: { StringEquals: { "AWS:SourceOwner": owner } },
  };
  return JSON.stringify({ Version: "2008-10-17", Id: "__default_policy_ID", Statement: [Statement] });
}

export const topicPolicy = live<TopicPolicyArgs>({
  required: ["arn", "policy"],
  replaceOn: ["arn"],
  computed: ["owner"],
  create: async (inputs, at) => {
    await set(inputs.arn, policyText(inputs.policy), at);
    return inputs.arn;
  },
  read: async (TopicArn, at) => {
    const { Attributes } = await sns(at).send(new GetTopicAttributesCommand({ TopicArn }));
    return { arn: TopicArn, owner: Attributes?.["Owner"], policy: Attributes?.["Policy"] };
  },
  update: (id, inputs, at) => set(id, policyText(inputs.policy), at),
  delete: async (id, at) => set(id, ownersPolicy(id, await at.account()), at),
});
