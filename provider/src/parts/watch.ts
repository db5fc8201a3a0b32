import type * as aws from "@pulumi/aws";
import type { Context } from "./context.ts";
import { createRule, type Rule } from "./rule.ts";

/**
 * Lambda's calls that can change what runs, or what a block or a tag of ours says. CloudTrail's names carry a date
 * and a revision that change, so each is a prefix.
 */
export const WATCHED_CALLS = [
  "CreateAlias",
  "CreateEventSourceMapping",
  "CreateFunction",
  "DeleteAlias",
  "DeleteEventSourceMapping",
  "DeleteFunction",
  "DeleteProvisionedConcurrencyConfig",
  "PublishLayerVersion",
  "PublishVersion",
  "PutFunctionConcurrency",
  "PutFunctionScalingConfig",
  "PutProvisionedConcurrencyConfig",
  "PutRuntimeManagementConfig",
  "TagResource",
  "UntagResource",
  "UpdateAlias",
  "UpdateEventSourceMapping",
  "UpdateFunctionCode",
  "UpdateFunctionConfiguration",
] as const;

/** Such calls as CloudTrail tells of them on the default bus. "DeleteFunction" includes DeleteFunctionConcurrency. */
export const WATCH_PATTERN = {
  source: ["aws.lambda"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: ["lambda.amazonaws.com"],
    eventName: WATCHED_CALLS.map((prefix) => ({ prefix })),
  },
};

/** Sends a region's events to the home region's own bus. */
export function watchRegion(
  context: Context,
  region: string,
  to: { bus: aws.cloudwatch.EventBus; role: aws.iam.Role; deadLetters: aws.sqs.Queue },
): Rule {
  return createRule(context, `watch-${region}`, {
    region,
    description: "Changes of functions, for fnseal's verifier",
    pattern: WATCH_PATTERN,
    target: { arn: to.bus.arn, roleArn: to.role.arn, deadLetters: to.deadLetters },
  });
}
