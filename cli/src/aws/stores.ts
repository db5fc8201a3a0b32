import { usageError } from "../errors.ts";

/** As S3 names buckets (Amazon S3 User Guide, "General purpose bucket naming rules"). */
const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/;

/** The bucket of `s3://BUCKET`. @throws FnsealError `usage-invalid` */
export function parseStore(text: string): string {
  const bucket = BUCKET.exec(text)?.[1];
  if (bucket !== undefined) return bucket;
  throw usageError(`--store ${JSON.stringify(text)} must be s3://BUCKET`);
}
