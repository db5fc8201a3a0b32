import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bus } from "./bus.ts";
import type { Context } from "./context.ts";
import { letRulesSend, type QueuePair } from "./queue.ts";
import { createRule, type Rule } from "./rule.ts";
import { WATCH_PATTERN, watchRegion } from "./watch.ts";

export interface IntakeParts extends Bus {
  readonly regions: readonly string[];
  readonly events: QueuePair;
  readonly sweep: QueuePair;
  readonly schedule: pulumi.Output<string>;
  readonly deadLetters: (region: string) => aws.sqs.Queue;
}

/**
 * How soon the verifier does what is due where no event tells it, such as the first sweep with a trust policy. In a month
 * that is 8,640 invocations that each read one item a region.
 */
const WAKE_SCHEDULE = "rate(5 minutes)";

export interface Intake {
  /** By region. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  /** Without these no event of the home region arrives. */
  readonly ways: readonly pulumi.Resource[];
}

/** What makes the verifier look: changes in every region, and the clock. */
export function createIntake(context: Context, parts: IntakeParts): Intake {
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
  const mayArrive = letRulesSend(context, "events", events.queue, home, arrived.rule.arn);
  const clock = (part: string, description: string, schedule: pulumi.Output<string>, message: object): Rule =>
    createRule(context, part, {
      region: home,
      description,
      schedule,
      target: { arn: sweep.queue.arn, input: JSON.stringify(message), deadLetters: deadLetters(home) },
    });
  const clocks = [
    clock("sweep", "Everything is looked at, for what events missed", parts.schedule, { sweep: true }),
    clock("wake", "The verifier does what is due", pulumi.output(WAKE_SCHEDULE), { wake: true }),
  ];
  letRulesSend(
    context,
    "sweep",
    sweep.queue,
    home,
    clocks.map(({ rule }) => rule.arn),
  );
  const atHome = rules.get(home) ?? [];
  const ways = [...atHome.map(({ target }) => target), arrived.target, mayArrive, parts.forwarding];
  atHome.push(arrived, ...clocks);
  return { rules, ways };
}
