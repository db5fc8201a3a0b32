import {
  DeleteObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type DigestSet, FnsealError } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import { asking } from "../aws/errors.ts";
import type { StoredBundle } from "./choose.ts";
import { bundleName, prefixesOf } from "./keys.ts";
import { DEFAULT_STORE_LIMITS } from "./limits.ts";
import { listPrefix } from "./list.ts";
import { readObject } from "./read.ts";

/** A bundle in the store, and whether it was there before. */
export interface PutBundle {
  readonly key: string;
  readonly existed: boolean;
}

/**
 * Stores a bundle under every digest of an artifact. Another signer's bundle has another name and stays; where
 * something else lies under this one's name, it is replaced, since the name says what belongs there.
 *
 * @throws AwsFailure, and FnsealError `bundle-too-large` where the verifier would not read it
 */
export async function putBundle(
  client: S3Client,
  bucket: string,
  bytes: Buffer,
  digests: DigestSet,
): Promise<readonly PutBundle[]> {
  const limit = DEFAULT_STORE_LIMITS.bundleBytes;
  if (bytes.length > limit) {
    throw new FnsealError("bundle-too-large", `has ${bytes.length} bytes; at most ${limit} are read`);
  }
  const done: PutBundle[] = [];
  for (const prefix of prefixesOf(digests)) {
    const key = `${prefix}${bundleName(bytes)}`;
    const input = { Bucket: bucket, Key: key, Body: bytes, ContentType: "application/json" };
    done.push({ key, existed: await putOnce(client, input, bytes, limit) });
  }
  return done;
}

async function putOnce(
  client: S3Client,
  input: PutObjectCommandInput & { Bucket: string; Key: string },
  bytes: Buffer,
  limit: number,
): Promise<boolean> {
  const put = (more: Partial<PutObjectCommandInput>): Promise<unknown> =>
    asking("s3:PutObject", () => client.send(new PutObjectCommand({ ...input, ...more })));
  try {
    await put({ IfNoneMatch: "*" });
    return false;
  } catch (thrown) {
    if (!(thrown instanceof AwsFailure) || thrown.kind !== "conflict") throw thrown;
  }
  const there = await readObject(client, input.Bucket, input.Key, limit).catch((thrown: unknown) => {
    if (thrown instanceof FnsealError) return undefined;
    throw thrown;
  });
  if (there?.equals(bytes)) return true;
  await put({});
  return false;
}

/** The bundles under each digest of an artifact. @throws AwsFailure */
export async function listBundles(
  client: S3Client,
  bucket: string,
  digests: DigestSet,
): Promise<readonly StoredBundle[]> {
  const all: StoredBundle[] = [];
  for (const prefix of prefixesOf(digests)) {
    all.push(...(await listPrefix(client, bucket, prefix, DEFAULT_STORE_LIMITS.pages)).bundles);
  }
  return all;
}

/**
 * Removes one bundle from under every digest of an artifact, and no other. One that is not there is no error.
 * @returns the keys
 * @throws AwsFailure
 */
export async function removeBundle(
  client: S3Client,
  bucket: string,
  bytes: Buffer,
  digests: DigestSet,
): Promise<readonly string[]> {
  const keys = prefixesOf(digests).map((prefix) => `${prefix}${bundleName(bytes)}`);
  for (const Key of keys) {
    await asking("s3:DeleteObject", () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
  }
  return keys;
}
