/** Buckets for a policy pack, with the credentials of whoever runs the preview. A bundle of its own: most packs need none. */
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type BundleStore, FnsealError, messageOf } from "@fnseal/core";
import { createS3Store } from "./s3Store.ts";

/** A bundle store in S3. */
export interface BucketAddress {
  readonly bucket: string;
  /** `undefined`: that of the caller's AWS configuration. S3 says where the bucket really is. */
  readonly region: string | undefined;
}

/** Milliseconds. A preview should say soon that a bucket cannot be reached. */
const CONNECT = 3000;
const ANSWER = 15_000;
const ATTEMPTS = 3;
/** For all of an object's content, which may be a function's code. */
const DOWNLOAD = 120_000;

/** For callers whose configuration names no region; S3 then tells where the bucket is. */
const ANY_REGION = "us-east-1";

const clients = new Map<string, S3Client>();

/** A client with the caller's own credentials. */
function clientFor(region: string | undefined): S3Client {
  const where = region ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? ANY_REGION;
  const known = clients.get(where);
  if (known) return known;
  const client = new S3Client({
    region: where,
    followRegionRedirects: true,
    maxAttempts: ATTEMPTS,
    // Without the last, the SDK only warns that the time is over.
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true },
    // Other endpoints than AWS's own have no name for each bucket.
    ...(process.env["AWS_ENDPOINT_URL"] !== undefined && { forcePathStyle: true }),
  });
  clients.set(where, client);
  return client;
}

export function openBucket({ bucket, region }: BucketAddress): BundleStore {
  return createS3Store(clientFor(region), bucket);
}

/** An object of which the version is fixed. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly region: string | undefined;
}

/**
 * Downloads an object to a new file.
 *
 * @param limit bytes
 * @throws FnsealError `s3-unread`
 */
export async function downloadObject(object: ObjectVersion, path: string, limit: number): Promise<void> {
  const { bucket, key, version, region } = object;
  const signal = AbortSignal.timeout(DOWNLOAD);
  try {
    const { Body, ContentLength = 0 } = await clientFor(region).send(
      new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }),
      { abortSignal: signal },
    );
    if (!(Body instanceof Readable)) throw new Error("S3 sent no content");
    if (ContentLength > limit) {
      Body.destroy();
      throw new Error(`it has ${ContentLength} bytes; at most ${limit} are read`);
    }
    await pipeline(Body, atMost(limit), createWriteStream(path, { flags: "wx", mode: 0o600 }), { signal });
  } catch (cause) {
    const message = `s3://${bucket}/${key} (version ${version}) cannot be read: ${messageOf(cause)}`;
    throw new FnsealError("s3-unread", message, { cause });
  }
}

function atMost(limit: number): Transform {
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      if (count > limit) done(new Error(`more than ${limit} bytes came`));
      else done(null, chunk);
    },
  });
}
