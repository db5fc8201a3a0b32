import {
  AddPermissionCommand,
  DeleteQueueCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Tampering, Tools } from "./tools.ts";

const QUEUE = "aws:sqs/queue:Queue";
const POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const REDRIVE = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";

const sqs = ({ config }: Tools, region?: string): SQSClient =>
  // Names other hosts than the one it calls.
  new SQSClient({ ...config(region), useQueueUrlAsEndpoint: false });
const urlOf = ({ output }: Tools, part: string): string => output(QUEUE, `watch-${part}`, "url");

/** What waits to be verified, and what could not be. */
export const ON_QUEUES: readonly Tampering[] = [
  {
    of: QUEUE,
    event: "PurgeQueue",
    act: (tools) => sqs(tools).send(new PurgeQueueCommand({ QueueUrl: urlOf(tools, "events") })),
  },
  {
    of: QUEUE,
    event: "PurgeQueue",
    how: "by an older URL",
    act: (tools) => {
      const { pathname } = new URL(urlOf(tools, "sweep"));
      const QueueUrl = `https://eu-central-1.queue.amazonaws.com${pathname}`;
      return sqs(tools).send(new PurgeQueueCommand({ QueueUrl }));
    },
  },
  {
    of: QUEUE,
    event: "SetQueueAttributes",
    how: "that lets messages live for a minute",
    act: (tools) =>
      sqs(tools).send(
        new SetQueueAttributesCommand({
          QueueUrl: urlOf(tools, "events-dead"),
          Attributes: { MessageRetentionPeriod: "60" },
        }),
      ),
  },
  {
    of: POLICY,
    event: "SetQueueAttributes",
    how: "without the policy",
    act: (tools) =>
      sqs(tools).send(
        new SetQueueAttributesCommand({ QueueUrl: urlOf(tools, "sweep"), Attributes: { Policy: "" } }),
      ),
  },
  {
    of: REDRIVE,
    event: "SetQueueAttributes",
    how: "that refuses dead letters",
    act: (tools) =>
      sqs(tools).send(
        new SetQueueAttributesCommand({
          QueueUrl: urlOf(tools, "sweep-dead"),
          Attributes: { RedriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) },
        }),
      ),
  },
  {
    of: POLICY,
    event: "AddPermission",
    act: (tools) =>
      sqs(tools).send(
        new AddPermissionCommand({
          QueueUrl: urlOf(tools, "events"),
          Label: "theirs",
          AWSAccountIds: [tools.account],
          Actions: ["ReceiveMessage"],
        }),
      ),
  },
  {
    of: QUEUE,
    event: "DeleteQueue",
    how: "in another region",
    region: "eu-west-1",
    act: (tools) =>
      sqs(tools, "eu-west-1").send(
        new DeleteQueueCommand({ QueueUrl: urlOf(tools, "undelivered-eu-west-1") }),
      ),
  },
  {
    of: QUEUE,
    event: "DeleteQueue",
    act: (tools) => sqs(tools).send(new DeleteQueueCommand({ QueueUrl: urlOf(tools, "events") })),
  },
];
