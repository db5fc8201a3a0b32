import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Emulator } from "../../../support/emulator.ts";

/** Queues of the verifier, by URL. */
export interface QueueUrls {
  readonly eventQueueUrl: string;
  readonly eventDeadLetterQueueUrl: string;
  readonly sweepQueueUrl: string;
  readonly sweepDeadLetterQueueUrl: string;
}

export interface Queues {
  /** Waits until nothing waits in the verifier's queues, nor is being worked at. */
  readonly quiet: (timeoutMs?: number) => Promise<void>;
  /** Sends a message to the event queue, as EventBridge would. */
  readonly deliver: (body: string) => Promise<void>;
  /** Messages in both dead-letter queues. */
  readonly deadLetters: () => Promise<number>;
}

/** So often in a row nothing may be seen: between two queues a message is in none. */
const LOOKS = 4;
const PAUSE_MS = 100;

export function queuesOf(emulator: Emulator, urls: QueueUrls): Queues {
  const sqs = new SQSClient(emulator.config());

  /** Visible, delayed, and in someone's hands. */
  async function depthOf(QueueUrl: string): Promise<number> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const counts = [
      Attributes.ApproximateNumberOfMessages,
      Attributes.ApproximateNumberOfMessagesDelayed,
      Attributes.ApproximateNumberOfMessagesNotVisible,
    ];
    return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
  }

  async function depthOfBoth(first: string, second: string): Promise<number> {
    const [a, b] = await Promise.all([depthOf(first), depthOf(second)]);
    return a + b;
  }

  return {
    quiet: async (timeoutMs = 60_000) => {
      const end = Date.now() + timeoutMs;
      for (let looks = 0; looks < LOOKS;) {
        const depth = await depthOfBoth(urls.eventQueueUrl, urls.sweepQueueUrl);
        looks = depth === 0 ? looks + 1 : 0;
        if (Date.now() > end) throw new Error(`after ${timeoutMs} ms there are still ${depth} messages`);
        await sleep(PAUSE_MS);
      }
    },
    deliver: async (MessageBody) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: urls.eventQueueUrl, MessageBody }));
    },
    deadLetters: () => depthOfBoth(urls.eventDeadLetterQueueUrl, urls.sweepDeadLetterQueueUrl),
  };
}
