import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import type { TopicSubscriptionArgs } from "@pulumi/aws/sns/topicSubscription.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";

const sns = (at: At): SNSClient => at.client(SNSClient, "sns");

function attributesOf(inputs: Inputs<TopicSubscriptionArgs>): Record<string, string | undefined> {
  return {
    RawMessageDelivery:
      inputs.rawMessageDelivery === undefined ? undefined : String(inputs.rawMessageDelivery),
    FilterPolicy: inputs.filterPolicy,
    FilterPolicyScope: inputs.filterPolicyScope,
    RedrivePolicy: inputs.redrivePolicy,
    DeliveryPolicy: inputs.deliveryPolicy,
    SubscriptionRoleArn: inputs.subscriptionRoleArn,
  };
}

export const topicSubscription = live<TopicSubscriptionArgs>({
  required: ["topic", "protocol", "endpoint"],
  replaceOn: ["topic", "protocol", "endpoint"],
  defaults: { filterPolicy: undefined, rawMessageDelivery: false },
  computed: ["arn", "ownerId", "pendingConfirmation", "confirmationWasAuthenticated", "filterPolicyScope"],
  create: async (inputs, at) => {
    const given = Object.entries(attributesOf(inputs)).filter(([, value]) => value !== undefined);
    const { SubscriptionArn } = await sns(at).send(
      new SubscribeCommand({
        TopicArn: nameOf(inputs.topic),
        Protocol: inputs.protocol,
        Endpoint: inputs.endpoint,
        Attributes: Object.fromEntries(given) as Record<string, string>,
        ReturnSubscriptionArn: true,
      }),
    );
    return found(SubscriptionArn, "the subscription's ARN");
  },
  read: async (SubscriptionArn, at) => {
    const { Attributes: its = {} } = await sns(at).send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn }),
    );
    return {
      arn: SubscriptionArn,
      topic: its["TopicArn"],
      protocol: its["Protocol"],
      endpoint: its["Endpoint"],
      ownerId: its["Owner"],
      pendingConfirmation: its["PendingConfirmation"] === "true",
      confirmationWasAuthenticated: its["ConfirmationWasAuthenticated"] === "true",
      rawMessageDelivery: its["RawMessageDelivery"] === "true",
      filterPolicy: its["FilterPolicy"],
      filterPolicyScope: its["FilterPolicyScope"],
      redrivePolicy: its["RedrivePolicy"],
    };
  },
  update: async (SubscriptionArn, inputs, at, state) => {
    const old = attributesOf(state);
    for (const [AttributeName, value] of Object.entries(attributesOf(inputs))) {
      if (value === old[AttributeName] || (value ?? old[AttributeName]) === undefined) continue;
      const AttributeValue = value ?? (AttributeName === "RawMessageDelivery" ? "false" : "");
      await sns(at).send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
      );
    }
  },
  delete: async (SubscriptionArn, at) => {
    await sns(at).send(new UnsubscribeCommand({ SubscriptionArn }));
  },
});
