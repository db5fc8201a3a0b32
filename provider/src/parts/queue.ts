import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { common, type Context, named } from "./context.ts";
import { onlyTls, policyOf } from "./policy.ts";

/** A queue with its dead-letter queue. */
export interface QueuePair {
  readonly queue: aws.sqs.Queue;
  readonly dead: aws.sqs.Queue;
}

/** The longest that SQS keeps a message, in seconds. A dead letter's age counts from when it was first sent. */
const FOURTEEN_DAYS = 1_209_600;
/** Half of that, so that a dead letter still has a week to be looked at. */
const SEVEN_DAYS = 604_800;

/** A queue that a function reads, and where its messages go after `receives` failed tries. */
export function createQueues(
  context: Context,
  part: string,
  settings: { readonly visibilitySeconds: number; readonly receives: number },
): QueuePair {
  const dead = createDeadLetters(context, `${part}-dead`, context.home);
  const queue = new aws.sqs.Queue(
    named(context, part),
    {
      ...common(context),
      visibilityTimeoutSeconds: settings.visibilitySeconds,
      messageRetentionSeconds: SEVEN_DAYS,
      sqsManagedSseEnabled: true,
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: dead.arn,
        maxReceiveCount: settings.receives,
      }),
    },
    context.options,
  );
  new aws.sqs.RedriveAllowPolicy(
    named(context, `${part}-dead`),
    {
      region: context.home,
      queueUrl: dead.url,
      redriveAllowPolicy: pulumi.jsonStringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [queue.arn],
      }),
    },
    context.options,
  );
  return { queue, dead };
}

/** A queue for what could not be delivered; EventBridge wants it in the rule's own region. */
export function createDeadLetters(context: Context, part: string, region: string): aws.sqs.Queue {
  return new aws.sqs.Queue(
    named(context, part),
    { ...common(context, region), messageRetentionSeconds: FOURTEEN_DAYS, sqsManagedSseEnabled: true },
    context.options,
  );
}

/** Lets EventBridge write to a queue, on behalf of these rules only. */
export function letRulesSend(
  context: Context,
  part: string,
  queue: aws.sqs.Queue,
  region: string,
  rules: pulumi.Input<string> | readonly pulumi.Input<string>[],
): aws.sqs.QueuePolicy {
  return new aws.sqs.QueuePolicy(
    named(context, part),
    {
      region,
      queueUrl: queue.url,
      policy: policyOf([
        {
          Sid: "EventBridge",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: queue.arn,
          Condition: {
            ArnEquals: { "aws:SourceArn": rules },
            StringEquals: { "aws:SourceAccount": context.account },
          },
        },
        onlyTls("sqs:*", queue.arn),
      ]),
    },
    context.options,
  );
}
