import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Bus } from "./bus.ts";
import type { Context } from "./context.ts";
import { letRulesSend, type QueuePair } from "./queue.ts";
import { createRule } from "./rule.ts";
import { WATCH_PATTERN, watchRegion } from "./watch.ts";

export interface IntakeParts extends Bus {
  readonly regions: readonly string[];
  readonly events: QueuePair;
  readonly sweep: QueuePair;
  readonly schedule: pulumi.Output<string>;
  readonly deadLetters: (region: string) => aws.sqs.Queue;
}

/** What makes the verifier look: changes in every region, and the clock. Each region's rules under its name. */
export function createIntake(
  context: Context,
  parts: IntakeParts,
): ReadonlyMap<string, readonly aws.cloudwatch.EventRule[]> {
  const { regions, bus, forwarder: role, events, sweep, deadLetters } = parts;
  const { home } = context;
  const rules = new Map(
    regions.map((region) => [
      region,
      [watchRegion(context, region, { bus, role, deadLetters: deadLetters(region) })],
    ]),
  );
  const arrived = createRule(context, "events", {
    region: home,
    bus,
    description: "Changes of functions in all watched regions",
    pattern: WATCH_PATTERN,
    target: { arn: events.queue.arn, deadLetters: deadLetters(home) },
  });
  letRulesSend(context, "events", events.queue, home, arrived.arn);
  const schedule = createRule(context, "sweep", {
    region: home,
    description: "Everything is looked at, for what events missed",
    schedule: parts.schedule,
    target: { arn: sweep.queue.arn, input: JSON.stringify({ sweep: true }), deadLetters: deadLetters(home) },
  });
  letRulesSend(context, "sweep", sweep.queue, home, schedule.arn);
  rules.get(home)?.push(arrived, schedule);
  return rules;
}
