import { S3Client } from "@aws-sdk/client-s3";
import type { Input } from "@pulumi/pulumi";
import type { Bucket } from "@pulumi/aws/s3/bucket.js";
import type { AnyType, Inputs, LiveType, Outputs } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";

/** The arguments of every resource that is one setting of a bucket. */
interface OfBucket {
  bucket: Input<string | Bucket>;
}

/** One setting of a bucket: how it is put, read and taken away. */
interface Setting<Args extends OfBucket> {
  required?: LiveType<Inputs<Args>>["required"];
  defaults?: LiveType<Inputs<Args>>["defaults"];
  put: (Bucket: string, inputs: Inputs<Args>, s3: S3Client) => Promise<unknown>;
  /** The properties of the resource, without the bucket's name. */
  get: (Bucket: string, s3: S3Client) => Promise<Outputs>;
  remove: (Bucket: string, s3: S3Client) => Promise<unknown>;
}

/** A setting of a bucket as a resource: its id is the bucket's name. */
export function settingOf<Args extends OfBucket>(setting: Setting<Args>): AnyType {
  const { required = [], defaults = {} } = setting;
  const bucketOf = (inputs: Inputs<Args>): string => nameOf((inputs as { bucket: unknown }).bucket);
  return live<Args>({
    required: ["bucket", ...required],
    defaults,
    replaceOn: ["bucket"],
    create: async (inputs, at) => {
      await setting.put(bucketOf(inputs), inputs, at.client(S3Client, "s3"));
      return bucketOf(inputs);
    },
    read: async (id, at) => ({ bucket: id, ...(await setting.get(id, at.client(S3Client, "s3"))) }),
    update: async (id, inputs, at) => {
      await setting.put(id, inputs, at.client(S3Client, "s3"));
    },
    delete: async (id, at) => {
      await setting.remove(id, at.client(S3Client, "s3"));
    },
  });
}
