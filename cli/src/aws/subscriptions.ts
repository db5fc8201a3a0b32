import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { calling } from "./errors.ts";

/** Who is told. */
export interface Subscriptions {
  readonly confirmed: number;
  /** Asked, and have not said yes: nothing is sent to them. `protocol endpoint`. */
  readonly unconfirmed: readonly string[];
}

/** @throws FnsealError `aws-…` */
export async function subscriptionsOf(topicArn: string, client: SNSClient): Promise<Subscriptions> {
  let confirmed = 0;
  const unconfirmed: string[] = [];
  await calling("sns:ListSubscriptionsByTopic", async () => {
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
      { client },
      { TopicArn: topicArn },
    )) {
      for (const { SubscriptionArn, Protocol = "", Endpoint = "" } of Subscriptions) {
        // In place of an ARN: Amazon SNS API reference, ListSubscriptionsByTopic.
        if (SubscriptionArn === "PendingConfirmation") unconfirmed.push(`${Protocol} ${Endpoint}`);
        else if (SubscriptionArn !== "Deleted") confirmed++;
      }
    }
  });
  return { confirmed, unconfirmed };
}
