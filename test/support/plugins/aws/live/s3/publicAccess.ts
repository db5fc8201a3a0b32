import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type { BucketPublicAccessBlockArgs } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { settingOf } from "./setting.ts";

const defaults = {
  blockPublicAcls: false,
  blockPublicPolicy: false,
  ignorePublicAcls: false,
  restrictPublicBuckets: false,
};

export const publicAccess = settingOf<BucketPublicAccessBlockArgs>({
  defaults,
  put: (Bucket, inputs, s3) => {
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: inputs.blockPublicAcls ?? false,
      BlockPublicPolicy: inputs.blockPublicPolicy ?? false,
      IgnorePublicAcls: inputs.ignorePublicAcls ?? false,
      RestrictPublicBuckets: inputs.restrictPublicBuckets ?? false,
    };
    return s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  },
  get: async (Bucket, s3) => {
    const answer = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    const its = answer.PublicAccessBlockConfiguration;
    return {
      blockPublicAcls: its?.BlockPublicAcls ?? false,
      blockPublicPolicy: its?.BlockPublicPolicy ?? false,
      ignorePublicAcls: its?.IgnorePublicAcls ?? false,
      restrictPublicBuckets: its?.RestrictPublicBuckets ?? false,
    };
  },
  remove: (Bucket, s3) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});
