import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import type { BucketPolicyArgs } from "@pulumi/aws/s3/bucketPolicy.js";
import { policyText } from "../iam/documents.ts";
import { settingOf } from "./setting.ts";

export const policy = settingOf<BucketPolicyArgs>({
  required: ["policy"],
  put: (Bucket, inputs, s3) =>
    s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyText(inputs.policy) })),
  get: async (Bucket, s3) => ({ policy: (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy }),
  remove: (Bucket, s3) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
});
