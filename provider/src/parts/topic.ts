import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnIn, common, type Context, named } from "./context.ts";
import { onlyTls, policyOf } from "./policy.ts";

/** What the component makes is named after it; a rule's ARN names its bus before, which is the component's too. */
function ownArn(context: Context, service: string, kind: string): pulumi.Output<string> {
  return arnIn(context, service, context.home, `${kind}${context.prefix}-*`);
}

/**
 * The topic for findings. EventBridge and CloudWatch write to it besides the verifier, and neither can use the key that
 * AWS manages for SNS: so it has none.
 */
export function createTopic(context: Context): pulumi.Output<string> {
  const topic = new aws.sns.Topic(
    named(context, "findings"),
    { ...common(context), displayName: "fnseal" },
    context.options,
  );
  const by = (service: string, SourceArn: pulumi.Input<string>, Sid: string) => ({
    Sid,
    Effect: "Allow" as const,
    Principal: { Service: service },
    Action: ["sns:Publish"],
    Resource: topic.arn,
    Condition: {
      ArnLike: { "aws:SourceArn": SourceArn },
      StringEquals: { "aws:SourceAccount": context.account },
    },
  });
  const policy = new aws.sns.TopicPolicy(
    named(context, "findings"),
    {
      region: context.home,
      arn: topic.arn,
      policy: policyOf([
        by("events.amazonaws.com", ownArn(context, "events", "rule/"), "EventBridge"),
        by("cloudwatch.amazonaws.com", ownArn(context, "cloudwatch", "alarm:"), "Alarms"),
        onlyTls("sns:Publish", topic.arn),
      ]),
    },
    context.options,
  );
  // The same ARN, for those who need the permissions in the policy too.
  return policy.arn;
}
