import { setTimeout as sleep } from "node:timers/promises";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueue } from "../../../support/emulator/resources.ts";
import type { Emulator } from "../../../support/emulator.ts";

const POLL_MS = 50;

/** A message and when it was seen, in milliseconds since 1970. */
export interface Received {
  readonly text: string;
  readonly at: number;
}

/** A queue that has subscribed to the topic, as somebody's mail would. */
export interface Inbox {
  /** Everything that came so far, oldest first, whether it was waited for or not. */
  readonly received: readonly Received[];
  /** Takes what is there now. */
  readonly look: () => Promise<void>;
  /** The next message for which it is true; throws past the time limit with what came instead. */
  readonly wait: (isIt: (message: string) => boolean, timeoutMs?: number) => Promise<string>;
}

/** @param name of the queue */
export async function subscribe(emulator: Emulator, topicArn: string, name = "inbox"): Promise<Inbox> {
  // SNS knows a topic in its own region only.
  const region = topicArn.split(":")[3];
  const queue = await createQueue(emulator.config(region), name);
  await new SNSClient(emulator.config(region)).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: queue.arn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  return openInbox(emulator, queue.url, region);
}

/** Reads a queue that nobody else reads. */
export function openInbox(emulator: Emulator, QueueUrl: string, region?: string): Inbox {
  const sqs = new SQSClient(emulator.config(region));
  const received: Received[] = [];
  /** Up to here messages were waited for. */
  let seen = 0;

  async function look(): Promise<void> {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      for (const { Body = "", ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        received.push({ text: Body, at: Date.now() });
      }
    }
  }

  async function wait(isIt: (message: string) => boolean, timeoutMs = 10_000): Promise<string> {
    const from = seen;
    const end = Date.now() + timeoutMs;
    for (;;) {
      await look();
      for (; seen < received.length; seen++) {
        const text = received[seen]?.text ?? "";
        if (!isIt(text)) continue;
        seen++;
        return text;
      }
      if (Date.now() >= end) break;
      await sleep(POLL_MS);
    }
    const others = received.slice(from).map(({ text }) => text);
    throw new Error(`no such message within ${timeoutMs} ms, but:\n${others.join("\n")}`);
  }

  return { received, look, wait };
}
