import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { common, type Context, named } from "./context.ts";

/** A rule and where it sends what it matches. */
export interface RuleArgs {
  readonly region: string;
  readonly description: string;
  /** The default bus where there is none. */
  readonly bus?: aws.cloudwatch.EventBus;
  readonly pattern?: pulumi.Input<object>;
  readonly schedule?: pulumi.Output<string>;
  readonly target: {
    readonly arn: pulumi.Input<string>;
    /** For a bus; queues and topics have policies of their own. */
    readonly roleArn?: pulumi.Input<string>;
    /** Instead of the event, as JSON. */
    readonly input?: string;
    readonly transformer?: aws.types.input.cloudwatch.EventTargetInputTransformer;
    /** Takes what could not be delivered within a day. In the rule's region. */
    readonly deadLetters: aws.sqs.Queue;
  };
}

/** A rule, which sends nothing before its target is there. */
export interface Rule {
  readonly rule: aws.cloudwatch.EventRule;
  readonly target: aws.cloudwatch.EventTarget;
}

/** Creates a rule of EventBridge with its one target. */
export function createRule(context: Context, part: string, args: RuleArgs): Rule {
  const { region, bus, pattern, schedule, target: to } = args;
  const onBus = bus === undefined ? {} : { eventBusName: bus.name };
  const rule = new aws.cloudwatch.EventRule(
    named(context, part),
    {
      ...common(context, region),
      ...onBus,
      description: args.description,
      ...(pattern === undefined ? {} : { eventPattern: pulumi.jsonStringify(pattern) }),
      ...(schedule === undefined ? {} : { scheduleExpression: schedule }),
    },
    context.options,
  );
  const target = new aws.cloudwatch.EventTarget(
    named(context, part),
    {
      region,
      ...onBus,
      rule: rule.name,
      targetId: "fnseal",
      arn: to.arn,
      ...(to.roleArn === undefined ? {} : { roleArn: to.roleArn }),
      ...(to.input === undefined ? {} : { input: to.input }),
      ...(to.transformer === undefined ? {} : { inputTransformer: to.transformer }),
      deadLetterConfig: { arn: to.deadLetters.arn },
    },
    context.options,
  );
  return { rule, target };
}
