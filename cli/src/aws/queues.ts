import { type LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { calling } from "./errors.ts";

/** A queue of the verifier's. */
export interface QueueState {
  readonly name: string;
  /** What lies here was given up. */
  readonly isDead: boolean;
  /** Waiting, about, as SQS counts. */
  readonly waiting: number;
  readonly inFlight: number;
}

/**
 * The queues that a function reads, and their dead-letter queues.
 *
 * @throws FnsealError `aws-…`
 */
export async function queueStates(
  functionArn: string,
  lambda: LambdaClient,
  sqs: SQSClient,
): Promise<QueueState[]> {
  const arns = await calling("lambda:ListEventSourceMappings", async () => {
    const found: string[] = [];
    const pages = paginateListEventSourceMappings({ client: lambda }, { FunctionName: functionArn });
    for await (const { EventSourceMappings = [] } of pages) {
      for (const { EventSourceArn } of EventSourceMappings) {
        if (EventSourceArn?.split(":")[2] === "sqs") found.push(EventSourceArn);
      }
    }
    return found;
  });
  const states: QueueState[] = [];
  const dead = new Set<string>();
  for (const arn of arns) {
    const queue = await readQueue(arn, sqs, false);
    states.push(queue.state);
    if (queue.dead !== undefined) dead.add(queue.dead);
  }
  for (const arn of dead) states.push((await readQueue(arn, sqs, true)).state);
  return states;
}

const redriveSchema = z.object({ deadLetterTargetArn: z.string() });

async function readQueue(
  arn: string,
  sqs: SQSClient,
  isDead: boolean,
): Promise<{ readonly state: QueueState; readonly dead: string | undefined }> {
  const [, , , , account = "", name = ""] = arn.split(":");
  const attributes = await calling("sqs:GetQueueAttributes", async () => {
    const { QueueUrl } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
    );
    const answer = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "RedrivePolicy",
        ],
      }),
    );
    return answer.Attributes ?? {};
  });
  const redrive = attributes["RedrivePolicy"];
  return {
    state: {
      name,
      isDead,
      waiting: Number(attributes["ApproximateNumberOfMessages"] ?? 0),
      inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
    },
    dead: redrive === undefined ? undefined : redriveSchema.parse(JSON.parse(redrive)).deadLetterTargetArn,
  };
}
