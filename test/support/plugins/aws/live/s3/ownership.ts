import {
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  PutBucketOwnershipControlsCommand,
} from "@aws-sdk/client-s3";
import type { ObjectOwnership } from "@aws-sdk/client-s3";
import type { BucketOwnershipControlsArgs } from "@pulumi/aws/s3/bucketOwnershipControls.js";
import { settingOf } from "./setting.ts";

export const ownership = settingOf<BucketOwnershipControlsArgs>({
  required: ["rule"],
  put: (Bucket, { rule: { objectOwnership } }, s3) => {
    const Rules = [{ ObjectOwnership: objectOwnership as ObjectOwnership }];
    return s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
  },
  get: async (Bucket, s3) => {
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    return { rule: { objectOwnership: OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
});
