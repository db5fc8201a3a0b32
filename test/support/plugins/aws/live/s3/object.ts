import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { ServerSideEncryption, StorageClass } from "@aws-sdk/client-s3";
import type { BucketObjectv2Args } from "@pulumi/aws/s3/bucketObjectv2.js";
import { bytesOf } from "../archive.ts";
import { tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";
import { versionsIn } from "./versions.ts";

type Args = Inputs<BucketObjectv2Args>;

const s3 = (at: At): S3Client => at.client(S3Client, "s3");

function bodyOf({ source, content, contentBase64 }: Args): Uint8Array {
  if (source !== undefined) return bytesOf(source);
  return contentBase64 === undefined ? Buffer.from(content ?? "") : Buffer.from(contentBase64, "base64");
}

async function put(inputs: Args, at: At): Promise<string> {
  const key = inputs.key ?? "";
  await s3(at).send(
    new PutObjectCommand({
      Bucket: nameOf(inputs.bucket),
      Key: key,
      Body: bodyOf(inputs),
      ContentType: inputs.contentType,
      CacheControl: inputs.cacheControl,
      Metadata: inputs.metadata,
      ServerSideEncryption: inputs.serverSideEncryption as ServerSideEncryption | undefined,
      SSEKMSKeyId: inputs.kmsKeyId,
      StorageClass: inputs.storageClass as StorageClass | undefined,
      Tagging: inputs.tags === undefined ? undefined : new URLSearchParams(inputs.tags).toString(),
    }),
  );
  return key;
}

export const object = live<BucketObjectv2Args>({
  namedAfterResource: "key",
  required: ["bucket"],
  replaceOn: ["bucket", "key"],
  defaults: { tags: {} },
  computed: ["arn", "etag", "versionId", "contentType", "storageClass", "serverSideEncryption", "tagsAll"],
  volatile: () => ["etag", "versionId"],
  create: put,
  read: async (Key, at, known) => {
    const Bucket = nameOf(known.bucket);
    const its = await s3(at).send(new HeadObjectCommand({ Bucket, Key }));
    const { TagSet } = await s3(at).send(new GetObjectTaggingCommand({ Bucket, Key }));
    return {
      bucket: Bucket,
      key: Key,
      arn: `arn:aws:s3:::${Bucket}/${Key}`,
      etag: its.ETag?.replaceAll('"', ""),
      versionId: its.VersionId ?? "",
      contentType: its.ContentType,
      storageClass: its.StorageClass ?? "STANDARD",
      serverSideEncryption: its.ServerSideEncryption,
      ...tagOutputs(TagSet),
    };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (Key, at, state) => {
    const Bucket = nameOf(state.bucket);
    const BypassGovernanceRetention = state.forceDestroy;
    for await (const page of versionsIn(Bucket, Key, s3(at)))
      for (const version of page.filter((each) => each.Key === Key))
        await s3(at).send(
          new DeleteObjectCommand({ Bucket, Key, VersionId: version.VersionId, BypassGovernanceRetention }),
        );
  },
});
