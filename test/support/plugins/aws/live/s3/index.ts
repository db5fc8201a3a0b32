import type { Types } from "../type.ts";
import { bucket } from "./bucket.ts";
import { encryption } from "./encryption.ts";
import { lifecycle } from "./lifecycle.ts";
import { object } from "./object.ts";
import { objectLock } from "./objectLock.ts";
import { ownership } from "./ownership.ts";
import { policy } from "./policy.ts";
import { publicAccess } from "./publicAccess.ts";
import { versioning } from "./versioning.ts";

export const types: Types = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketObject:BucketObject": object,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": objectLock,
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownership,
  "aws:s3/bucketPolicy:BucketPolicy": policy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccess,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
};
