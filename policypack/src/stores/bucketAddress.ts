import * as z from "zod";
import type { BucketAddress } from "../../../verifier/src/store/callerBuckets.ts";

/** Source: docs.aws.amazon.com, Amazon S3 bucket naming rules. */
const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?(?:\?region=([a-z]{2}(?:-[a-z]+)+-\d))?$/;

/** `s3://BUCKET` or `s3://BUCKET?region=eu-central-1`. */
export const bucketAddress = z
  .string()
  .regex(ADDRESS, "must be s3://BUCKET or s3://BUCKET?region=REGION")
  .describe("A bucket with bundles by digest, as `fnseal push` fills it.");

/** Reads what {@link bucketAddress} has accepted. */
export function parseBucketAddress(address: string): BucketAddress {
  const [, bucket = "", region] = ADDRESS.exec(address) ?? [];
  return { bucket, region };
}
