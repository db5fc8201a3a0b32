import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createBucket } from "./bucket.ts";
import { arnIn, common, type Context, named } from "./context.ts";
import type { Statement } from "./policy.ts";

/** A trail of management write events of all regions, for accounts that have none. Returns its bucket. */
export function createTrail(context: Context): aws.s3.Bucket {
  const name = named(context, "trail");
  // Not from the trail: its bucket's policy has to be there first. CloudTrail refuses a bucket that it cannot write to.
  const trailArn = arnIn(context, "cloudtrail", context.home, `trail/${name}`);
  const { bucket, policy } = createBucket(context, "trail", {
    statements: (arn) => cloudTrail(context, arn, trailArn),
  });
  new aws.cloudtrail.Trail(
    name,
    {
      ...common(context),
      name,
      s3BucketName: bucket.bucket,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      eventSelectors: [{ readWriteType: "WriteOnly", includeManagementEvents: true }],
    },
    { ...context.options, dependsOn: [policy] },
  );
  return bucket;
}

/** What CloudTrail asks of a bucket. Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail". */
function cloudTrail(
  context: Context,
  bucketArn: pulumi.Output<string>,
  trailArn: pulumi.Output<string>,
): readonly Statement[] {
  const shared = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } } as const;
  return [
    {
      ...shared,
      Sid: "CloudTrailLooks",
      Action: ["s3:GetBucketAcl"],
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      ...shared,
      Sid: "CloudTrailWrites",
      Action: ["s3:PutObject"],
      Resource: pulumi.interpolate`${bucketArn}/AWSLogs/${context.account}/*`,
      Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ];
}
