import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
} from "@aws-sdk/client-s3";
import type { ServerSideEncryption } from "@aws-sdk/client-s3";
import type { BucketServerSideEncryptionConfigurationArgs } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { settingOf } from "./setting.ts";

export const encryption = settingOf<BucketServerSideEncryptionConfigurationArgs>({
  required: ["rules"],
  put: (Bucket, inputs, s3) => {
    const Rules = inputs.rules.map(({ applyServerSideEncryptionByDefault: standard, bucketKeyEnabled }) => ({
      BucketKeyEnabled: bucketKeyEnabled,
      ...(standard === undefined
        ? {}
        : {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: standard.sseAlgorithm as ServerSideEncryption,
              KMSMasterKeyID: standard.kmsMasterKeyId,
            },
          }),
    }));
    return s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  },
  get: async (Bucket, s3) => {
    const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const rules = answer.ServerSideEncryptionConfiguration?.Rules?.map((rule) => ({
      bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
      applyServerSideEncryptionByDefault: {
        sseAlgorithm: rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
        kmsMasterKeyId: rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
      },
    }));
    return { rules };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});
