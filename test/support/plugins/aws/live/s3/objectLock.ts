import { GetObjectLockConfigurationCommand, PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import type { ObjectLockRetentionMode } from "@aws-sdk/client-s3";
import type { BucketObjectLockConfigurationArgs } from "@pulumi/aws/s3/bucketObjectLockConfiguration.js";
import { settingOf } from "./setting.ts";

export const objectLock = settingOf<BucketObjectLockConfigurationArgs>({
  defaults: { rule: undefined },
  put: (Bucket, { rule }, s3) => {
    const retention = rule?.defaultRetention;
    const ObjectLockConfiguration = {
      ObjectLockEnabled: "Enabled" as const,
      ...(retention === undefined
        ? {}
        : {
            Rule: {
              DefaultRetention: {
                Mode: retention.mode as ObjectLockRetentionMode | undefined,
                Days: retention.days,
                Years: retention.years,
              },
            },
          }),
    };
    return s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  },
  get: async (Bucket, s3) => {
    const answer = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const its = answer.ObjectLockConfiguration;
    const retention = its?.Rule?.DefaultRetention;
    return {
      objectLockEnabled: its?.ObjectLockEnabled,
      rule:
        retention === undefined
          ? undefined
          : { defaultRetention: { mode: retention.Mode, days: retention.Days, years: retention.Years } },
    };
  },
  // The lock itself cannot be taken off a bucket, only its rule.
  remove: (Bucket, s3) =>
    s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
      }),
    ),
});
