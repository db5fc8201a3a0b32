import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SweepQueue } from "../sweep/queue.ts";
import { asking } from "./errors.ts";

/** Makes a message come again sooner than its queue's visibility timeout, which must outlast the Lambda. */
export interface Redelivery {
  /** @throws AwsFailure */
  again(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
}

export function createSweepQueue(client: SQSClient, queueUrl: string): SweepQueue {
  return {
    send: async (message) => {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      await asking("sqs:SendMessage", () => client.send(command));
    },
  };
}

export function createRedelivery(client: SQSClient): Redelivery {
  return {
    again: async (queueUrl, receiptHandle, seconds) => {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await asking("sqs:ChangeMessageVisibility", () => client.send(command));
    },
  };
}
