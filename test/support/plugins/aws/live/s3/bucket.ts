import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { BucketLocationConstraint } from "@aws-sdk/client-s3";
import type { BucketArgs } from "@pulumi/aws/s3/bucket.js";
import { ifAny } from "../errors.ts";
import { tagList, tagOutputs } from "../tags.ts";
import type { Tags } from "../tags.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";
import { versionsIn } from "./versions.ts";

const s3 = (at: At): S3Client => at.client(S3Client, "s3");

async function setTags(Bucket: string, tags: Tags | undefined, at: At): Promise<void> {
  const TagSet = tagList(tags);
  // A bucket takes no empty set.
  if (TagSet.length === 0) await s3(at).send(new DeleteBucketTaggingCommand({ Bucket }));
  else await s3(at).send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
}

/** Deletes every version of every object, as `forceDestroy` promises. */
async function empty(Bucket: string, at: At): Promise<void> {
  for await (const Objects of versionsIn(Bucket, undefined, s3(at))) {
    if (Objects.length === 0) continue;
    const { Errors = [] } = await s3(at).send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects }, BypassGovernanceRetention: true }),
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Error(`${Bucket}/${first.Key ?? ""}: ${first.Message ?? "not deleted"}`);
  }
}

export const bucket = live<BucketArgs>({
  autoname: "bucket",
  replaceOn: ["objectLockEnabled"],
  defaults: { tags: {} },
  computed: [
    "arn",
    "bucketDomainName",
    "bucketRegionalDomainName",
    "bucketRegion",
    "hostedZoneId",
    "tagsAll",
  ],
  create: async (inputs, at) => {
    const Bucket = inputs.bucket ?? "";
    const LocationConstraint = at.region as BucketLocationConstraint;
    await s3(at).send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: inputs.objectLockEnabled,
        // The first region is the one that must not be named.
        ...(at.region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint } }),
      }),
    );
    if (Object.keys(inputs.tags ?? {}).length > 0) await setTags(Bucket, inputs.tags, at);
    return Bucket;
  },
  read: async (Bucket, at) => {
    await s3(at).send(new HeadBucketCommand({ Bucket }));
    const tagging = await ifAny(s3(at).send(new GetBucketTaggingCommand({ Bucket })));
    const lock = await ifAny(s3(at).send(new GetObjectLockConfigurationCommand({ Bucket })));
    return {
      bucket: Bucket,
      arn: `arn:aws:s3:::${Bucket}`,
      bucketDomainName: `${Bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${Bucket}.s3.${at.region}.amazonaws.com`,
      bucketRegion: at.region,
      objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
      ...tagOutputs(tagging?.TagSet),
    };
  },
  update: async (id, inputs, at, state) => {
    if (!covers(inputs.tags, state.tags, "tags")) await setTags(id, inputs.tags, at);
  },
  delete: async (Bucket, at, state) => {
    if (state.forceDestroy === true) await empty(Bucket, at);
    await s3(at).send(new DeleteBucketCommand({ Bucket }));
  },
});
