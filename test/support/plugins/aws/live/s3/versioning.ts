import { GetBucketVersioningCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { BucketVersioningStatus } from "@aws-sdk/client-s3";
import type { BucketVersioningArgs } from "@pulumi/aws/s3/bucketVersioning.js";
import { settingOf } from "./setting.ts";

export const versioning = settingOf<BucketVersioningArgs>({
  required: ["versioningConfiguration"],
  put: (Bucket, { versioningConfiguration: { status } }, s3) => {
    // AWS knows no way to set "Disabled": it is what a new bucket has.
    if (status === "Disabled") return Promise.resolve();
    const VersioningConfiguration = { Status: status as BucketVersioningStatus };
    return s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  },
  get: async (Bucket, s3) => {
    const { Status, MFADelete } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return { versioningConfiguration: { status: Status ?? "Disabled", mfaDelete: MFADelete } };
  },
  remove: async (Bucket, s3) => {
    const VersioningConfiguration = { Status: "Suspended" as const };
    try {
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    } catch (cause) {
      // A bucket with object lock keeps its versions.
      if (!(cause instanceof Error) || cause.name !== "InvalidBucketState") throw cause;
    }
  },
});
