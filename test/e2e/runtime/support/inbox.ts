import { setTimeout as sleep } from "node:timers/promises";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Emulator } from "../../../support/emulator.ts";

/** A queue that has subscribed to the topic, as somebody's mail would. */
export interface Inbox {
  /** The first message for which it is true; throws past the time limit with what came instead. */
  readonly wait: (isIt: (message: string) => boolean, timeoutMs?: number) => Promise<string>;
}

export async function subscribe(emulator: Emulator, topicArn: string): Promise<Inbox> {
  const sqs = new SQSClient(emulator.config());
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "inbox" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const Endpoint = Attributes?.["QueueArn"] ?? "";
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: Endpoint,
        Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const sns = new SNSClient(emulator.config());
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  return { wait: (isIt, timeoutMs = 10_000) => wait(sqs, QueueUrl, isIt, timeoutMs) };
}

async function wait(
  sqs: SQSClient,
  QueueUrl: string,
  isIt: (message: string) => boolean,
  timeoutMs: number,
): Promise<string> {
  const others: string[] = [];
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    await sleep(50);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
    for (const { Body = "", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      if (isIt(Body)) return Body;
      others.push(Body);
    }
  }
  throw new Error(`no such message within ${timeoutMs} ms, but:\n${others.join("\n")}`);
}
