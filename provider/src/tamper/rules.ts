import type * as aws from "@pulumi/aws";
import type { Input, Output } from "@pulumi/pulumi";
import { type Context, iamRegion } from "../parts/context.ts";
import { createRule, type Rule } from "../parts/rule.ts";
import { findingOf } from "./message.ts";
import type { Own } from "./own.ts";
import * as on from "./patterns.ts";

/** Where a tamper event goes: in the home region to the topic at once, elsewhere to the home region's bus. */
export interface TamperParts {
  readonly own: Own;
  /** Those that are watched, home first. */
  readonly regions: readonly string[];
  readonly topicArn: Input<string>;
  readonly bus: aws.cloudwatch.EventBus;
  readonly forwarder: aws.iam.Role;
  readonly documentation: string;
  /** Of each region in `guardedRegions`. */
  readonly deadLetters: (region: string) => aws.sqs.Queue;
  /** Of each region in `guardedRegions`. */
  readonly queueUrls: (region: string) => readonly Output<string>[];
}

interface Guard {
  readonly part: string;
  readonly what: string;
  readonly pattern: on.Pattern;
}

/** The watched regions and the one where IAM's events come. */
export function guardedRegions(context: Context, regions: readonly string[]): string[] {
  return [...new Set([...regions, iamRegion(context)])];
}

/** Rules that tell of changes to the verifier without it. Each region's rules are returned under its name. */
export function createTamperRules(
  context: Context,
  parts: TamperParts,
): ReadonlyMap<string, readonly Rule[]> {
  const regions = guardedRegions(context, parts.regions);
  const rules = new Map(regions.map((region) => [region, rulesOf(context, region, parts)]));
  const others = regions.filter((region) => region !== context.home);
  if (others.length > 0) rules.get(context.home)?.push(fromElsewhere(context, others, parts));
  return rules;
}

function rulesOf(context: Context, region: string, parts: TamperParts): Rule[] {
  const { own, regions, topicArn, bus, forwarder } = parts;
  const isHome = region === context.home;
  const guards: readonly Guard[] = [
    ...(isHome ? atHome(own) : []),
    { part: "alarms", what: "an alarm", pattern: on.onAlarms(own) },
    { part: "queues", what: "a queue", pattern: on.onQueues(parts.queueUrls(region)) },
    { part: "rules", what: "a rule, a target or the bus", pattern: on.onRules(own) },
    ...(region === iamRegion(context) ? [{ part: "roles", what: "a role", pattern: on.onRoles(own) }] : []),
    ...(regions.includes(region)
      ? [{ part: "trails", what: "a trail, without which nothing is told", pattern: on.onTrails() }]
      : []),
  ];
  return guards.map(({ part, what, pattern }) =>
    createRule(context, `tamper-${part}-${region}`, {
      region,
      description: `Tells of changes to fnseal's verifier: ${part}`,
      pattern,
      target: {
        deadLetters: parts.deadLetters(region),
        ...(isHome
          ? { arn: topicArn, transformer: findingOf(what, context.prefix, parts.documentation) }
          : { arn: bus.arn, roleArn: forwarder.arn }),
      },
    }),
  );
}

function atHome(own: Own): readonly Guard[] {
  return [
    { part: "function", what: "the function or what invokes it", pattern: on.onFunction(own) },
    { part: "topic", what: "the topic or a subscription", pattern: on.onTopic(own) },
    { part: "table", what: "the state table", pattern: on.onTable(own) },
    { part: "buckets", what: "a bucket", pattern: on.onBuckets(own) },
    { part: "keys", what: "a key", pattern: on.onKeys(own) },
    { part: "log", what: "the log", pattern: on.onLog(own) },
  ];
}

/** The other regions' events have come to our bus: a topic can only be a target in its own region. */
function fromElsewhere(context: Context, regions: readonly string[], parts: TamperParts): Rule {
  return createRule(context, "tamper-elsewhere", {
    region: context.home,
    bus: parts.bus,
    description: "Tells of changes to fnseal's verifier in other regions",
    pattern: {
      source: ["aws.cloudtrail", "aws.cloudwatch", "aws.events", "aws.iam", "aws.monitoring", "aws.sqs"],
      "detail-type": ["AWS API Call via CloudTrail"],
      region: regions,
    },
    target: {
      arn: parts.topicArn,
      transformer: findingOf("a part", context.prefix, parts.documentation),
      deadLetters: parts.deadLetters(context.home),
    },
  });
}
