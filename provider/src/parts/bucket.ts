import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Field } from "../arguments/schema.ts";
import { common, type Context, named, retained } from "./context.ts";
import { onlyTls, policyOf, type Statement } from "./policy.ts";

export interface BucketOptions {
  readonly objectLock?: Field<"objectLock">;
  /** Without one S3's own key. */
  readonly kmsKeyArn?: pulumi.Output<string | undefined>;
  /** Besides "TLS only". */
  readonly statements?: (arn: pulumi.Output<string>) => readonly Statement[];
}

export interface Bucket {
  readonly bucket: aws.s3.Bucket;
  /** Whoever needs the permissions in it has to wait for it. */
  readonly policy: aws.s3.BucketPolicy;
}

/** A bucket that keeps every version, is never public, and stays when the stack is destroyed. */
export function createBucket(context: Context, part: string, options: BucketOptions = {}): Bucket {
  const { objectLock, kmsKeyArn, statements = () => [] } = options;
  const kept = retained(context);
  const name = named(context, part);
  const bucket = new aws.s3.Bucket(
    name,
    { ...common(context), ...(objectLock === undefined ? {} : { objectLockEnabled: true }) },
    kept,
  );
  const of = { region: context.home, bucket: bucket.bucket };
  const access = new aws.s3.BucketPublicAccessBlock(
    name,
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    kept,
  );
  new aws.s3.BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, kept);
  const versioning = new aws.s3.BucketVersioning(
    name,
    { ...of, versioningConfiguration: { status: "Enabled" } },
    kept,
  );
  if (kmsKeyArn !== undefined) {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { ...of, rules: kmsKeyArn.apply((key) => [encryptionWith(key)]) },
      kept,
    );
  }
  if (objectLock !== undefined) {
    const rule = { defaultRetention: { mode: objectLock.mode, days: objectLock.days } };
    new aws.s3.BucketObjectLockConfiguration(name, { ...of, rule }, { ...kept, dependsOn: [versioning] });
  }
  const policy = new aws.s3.BucketPolicy(
    name,
    {
      ...of,
      policy: policyOf([
        onlyTls("s3:*", [bucket.arn, bucket.arn.apply((arn) => `${arn}/*`)]),
        ...statements(bucket.arn),
      ]),
    },
    // Both change the bucket's policy status: S3 refuses one while the other is under way.
    { ...kept, dependsOn: [access] },
  );
  return { bucket, policy };
}

function encryptionWith(
  key: string | undefined,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  if (key === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
    bucketKeyEnabled: true,
  };
}
