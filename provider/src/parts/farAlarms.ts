import * as aws from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import type { Bus } from "./bus.ts";
import { common, type Context, named } from "./context.ts";
import { createRule, type Rule } from "./rule.ts";

export interface FarAlarmParts extends Pick<Bus, "bus" | "forwarder"> {
  /** Those that have rules of ours and are not home. */
  readonly regions: readonly string[];
  readonly topicArn: Input<string>;
  readonly documentation: string;
  readonly deadLetters: (region: string) => aws.sqs.Queue;
}

const STATE_CHANGE = { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] };

/**
 * Alarms where events of other regions lie undelivered. CloudWatch's alarms tell topics of their own region only, so they go
 * the way of the tamper events: to the home region's bus, and from there to the topic.
 *
 * @returns the rules by region
 */
export function createFarAlarms(
  context: Context,
  parts: FarAlarmParts,
): ReadonlyMap<string, readonly Rule[]> {
  const { regions, bus, forwarder, topicArn, deadLetters } = parts;
  const rules = new Map<string, readonly Rule[]>();
  if (regions.length === 0) return rules;
  for (const region of regions) {
    const part = `undelivered-${region}`;
    const alarm = new aws.cloudwatch.MetricAlarm(
      named(context, part),
      {
        ...common(context, region),
        alarmDescription: `Events of ${region} that EventBridge could not deliver`,
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: deadLetters(region).name },
        statistic: "Maximum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
      },
      context.options,
    );
    const rule = createRule(context, part, {
      region,
      description: "Tells that events could not be delivered to fnseal's verifier",
      pattern: { ...STATE_CHANGE, detail: { alarmName: [alarm.name], state: { value: ["ALARM"] } } },
      target: { arn: bus.arn, roleArn: forwarder.arn, deadLetters: deadLetters(region) },
    });
    rules.set(region, [rule]);
  }
  const arrived = createRule(context, "undelivered-elsewhere", {
    region: context.home,
    bus,
    description: "Tells that events of other regions could not be delivered",
    pattern: { ...STATE_CHANGE, region: regions },
    target: {
      arn: topicArn,
      transformer: undeliveredFinding(context.prefix, parts.documentation),
      deadLetters: deadLetters(context.home),
    },
  });
  return rules.set(context.home, [arrived]);
}

/** A finding without any code of ours, as of a tamper event. */
export function undeliveredFinding(
  verifier: string,
  documentation: string,
): aws.types.input.cloudwatch.EventTargetInputTransformer {
  const finding = {
    version: 1,
    id: "<id>",
    kind: "undelivered",
    time: "<time>",
    account: "<account>",
    region: "<region>",
    status: "undecided",
    code: "could-not-verify",
    text:
      `Alarm <alarm>: events of <region> could not be delivered to fnseal's verifier ${verifier}. Changes of functions may be ` +
      "among them, or changes of the verifier.",
    done: [],
    stops: [],
    mend: "Look at the dead-letter queue of the alarm's name. `pulumi up --refresh` mends rules and permissions; the next sweep finds what was missed.",
    documentation: `${documentation}#could-not-verify`,
  };
  const inputPaths = {
    account: "$.account",
    region: "$.region",
    id: "$.id",
    time: "$.time",
    alarm: "$.detail.alarmName",
  };
  return { inputPaths, inputTemplate: JSON.stringify(finding) };
}
