import { SNSClient } from "@aws-sdk/client-sns";
import { subscriptionsOf } from "../../src/aws/subscriptions.ts";
import { Answers } from "./answers.ts";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:fnseal";

/** As the Amazon SNS API reference shows ListSubscriptionsByTopic's answer. */
function answerOf(members: readonly (readonly [arn: string, protocol: string, endpoint: string])[]): string {
  const xml = members.map(
    ([arn, protocol, endpoint]) =>
      `<member><TopicArn>${TOPIC}</TopicArn><Protocol>${protocol}</Protocol><SubscriptionArn>${arn}</SubscriptionArn>` +
      `<Owner>123456789012</Owner><Endpoint>${endpoint}</Endpoint></member>`,
  );
  return (
    '<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult>' +
    `<Subscriptions>${xml.join("")}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`
  );
}

async function read(members: Parameters<typeof answerOf>[0]) {
  const answers = await Answers.start({
    status: 200,
    headers: { "content-type": "text/xml" },
    body: answerOf(members),
  });
  try {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    return await subscriptionsOf(
      TOPIC,
      new SNSClient({ endpoint: answers.endpoint, region: "us-east-1", credentials, maxAttempts: 1 }),
    );
  } finally {
    await answers.stop();
  }
}

describe("who is told", () => {
  test("are those who have confirmed; the others are named", async () => {
    expect(
      await read([
        [`${TOPIC}:1`, "sqs", "arn:aws:sqs:us-east-1:123456789012:inbox"],
        ["PendingConfirmation", "email", "oncall@example.com"],
        ["Deleted", "email", "former@example.com"],
      ]),
    ).toEqual({ confirmed: 1, unconfirmed: ["email oncall@example.com"] });
  });

  test("is nobody where there is no subscription", async () => {
    expect(await read([])).toEqual({ confirmed: 0, unconfirmed: [] });
  });
});
