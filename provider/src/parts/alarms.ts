import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { minutesOf } from "../arguments/schema.ts";
import { common, type Context, named } from "./context.ts";
import type { QueuePair } from "./queue.ts";

/** The namespace of the verifier's own metrics. */
export const METRICS = "fnseal";

const FIVE_MINUTES = 300;
const HOUR = 3600;
/** An event that waits longer than a batch may take is behind something. */
const TOO_OLD_SECONDS = 1800;

export interface AlarmParts {
  readonly verifier: aws.lambda.Function;
  readonly events: QueuePair;
  readonly sweep: QueuePair;
  readonly undelivered: aws.sqs.Queue;
  readonly regions: readonly string[];
  readonly schedule: pulumi.Output<string>;
  readonly topicArn: pulumi.Input<string>;
}

interface Alarm {
  readonly part: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum";
  readonly above: number;
}

/** Alarms on what the verifier cannot tell itself. They reach the topic without it. */
export function createAlarms(context: Context, parts: AlarmParts): readonly aws.cloudwatch.MetricAlarm[] {
  const { verifier, events, sweep, undelivered, regions } = parts;
  const visible = (part: string, queue: aws.sqs.Queue, description: string): Alarm => ({
    ...ofQueue(queue),
    part,
    description,
    metric: "ApproximateNumberOfMessagesVisible",
    above: 0,
  });
  const alarms: readonly Alarm[] = [
    {
      part: "errors",
      description:
        "The verifier failed. What it could not do is tried again, then lies in a dead-letter queue",
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: verifier.name },
      statistic: "Sum",
      above: 0,
    },
    visible(
      "events-dead",
      events.dead,
      "Changes of functions that could not be verified: redrive them when mended",
    ),
    visible("sweep-dead", sweep.dead, "Parts of a sweep that could not be done"),
    visible("undelivered", undelivered, "Events that EventBridge could not deliver"),
    {
      ...ofQueue(events.queue),
      part: "events-old",
      description: "Changes of functions wait to be verified",
      metric: "ApproximateAgeOfOldestMessage",
      above: TOO_OLD_SECONDS,
    },
    ...regions.map((region): Alarm => ({
      part: `breaker-${region}`,
      description: `More functions were to be blocked in ${region} than the breaker allows`,
      namespace: METRICS,
      metric: "BreakerTripped",
      dimensions: { region },
      statistic: "Sum",
      above: 0,
    })),
  ];
  return [
    ...alarms.map((alarm) => createAlarm(context, alarm, parts.topicArn)),
    ...regions.map((region) => createHeartbeat(context, region, parts)),
  ];
}

function createAlarm(
  context: Context,
  alarm: Alarm,
  topicArn: pulumi.Input<string>,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    named(context, alarm.part),
    {
      ...common(context),
      alarmDescription: alarm.description,
      namespace: alarm.namespace,
      metricName: alarm.metric,
      dimensions: alarm.dimensions,
      statistic: alarm.statistic,
      period: FIVE_MINUTES,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: alarm.above,
      treatMissingData: "notBreaching",
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    context.options,
  );
}

/**
 * No sweep has finished in twice the time between two: schedule, queue, function or permissions are broken. Looks back
 * at most 6 days, as CloudWatch allows 7 for periods of an hour and more.
 */
function createHeartbeat(context: Context, region: string, parts: AlarmParts): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    named(context, `heartbeat-${region}`),
    {
      ...common(context),
      alarmDescription: `No sweep of ${region} has finished in twice the time between two`,
      namespace: METRICS,
      metricName: "SweepFinished",
      dimensions: { region },
      statistic: "Sum",
      period: HOUR,
      evaluationPeriods: parts.schedule.apply((schedule) =>
        Math.max(2, Math.ceil(minutesOf(schedule) / 60) * 2),
      ),
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [parts.topicArn],
      okActions: [parts.topicArn],
    },
    context.options,
  );
}

function ofQueue(queue: aws.sqs.Queue): Pick<Alarm, "namespace" | "dimensions" | "statistic"> {
  return { namespace: "AWS/SQS", dimensions: { QueueName: queue.name }, statistic: "Maximum" };
}
