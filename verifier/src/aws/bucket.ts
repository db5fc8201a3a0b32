import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { BundleStore } from "@fnseal/core";
import { createS3Store } from "../store/index.ts";

/** The verifier's bundle store. S3's client is a sixth of what the Lambda loads, and its first event can wait for it. */
export function openStore(config: S3ClientConfig, bucket: string): BundleStore {
  // An endpoint without names of buckets as subdomains: an emulator.
  const forcePathStyle = process.env["AWS_ENDPOINT_URL"] !== undefined;
  return createS3Store(new S3Client({ forcePathStyle, ...config }), bucket);
}
