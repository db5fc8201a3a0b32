import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What every part of the component is made with. */
export interface Context {
  /** What names start with; EventBridge's limit of 64 leaves 24 characters for it. */
  readonly prefix: string;
  /** The verifier's own region. */
  readonly home: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly account: pulumi.Output<string>;
  readonly tags: pulumi.Output<Record<string, string>>;
  readonly options: pulumi.CustomResourceOptions;
}

/** The context of one component. */
export function contextOf(
  parent: pulumi.ComponentResource,
  where: Pick<Context, "prefix" | "home" | "tags">,
): Context {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  return { ...where, partition: partitionOf(where.home), account, options: { parent } };
}

/** A child's logical name; AWS's own starts with it too. */
export function named(context: Context, part: string): string {
  return `${context.prefix}-${part}`;
}

/** Region and tags, for resources that have both. */
export function common(
  context: Context,
  region = context.home,
): {
  region: string;
  tags: pulumi.Output<Record<string, string>>;
} {
  return { region, tags: context.tags };
}

/** An ARN of the account. */
export function arnIn(
  context: Context,
  service: string,
  region: string,
  resource: string,
): pulumi.Output<string> {
  return pulumi.interpolate`arn:${context.partition}:${service}:${region}:${context.account}:${resource}`;
}

/** Options for what holds data: `pulumi destroy` leaves it. */
export function retained(context: Context): pulumi.CustomResourceOptions {
  return { ...context.options, retainOnDelete: true };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The region in which IAM's events come, by partition. Source: EventBridge user guide, "Events from global services". */
export function iamRegion(context: Pick<Context, "partition">): string {
  const regions: Readonly<Record<string, string>> = { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };
  return regions[context.partition] ?? "us-east-1";
}
