import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { isBundleName } from "@fnseal/core";
import { asking } from "../aws/errors.ts";
import type { StoredBundle } from "./choose.ts";

const ACTION = "s3:ListBucket";

/**
 * The bundles under a prefix, in the order of their keys.
 * @returns `isCut`: there were more pages than were asked for
 * @throws AwsFailure
 */
export async function listPrefix(
  client: S3Client,
  bucket: string,
  prefix: string,
  pages: number,
): Promise<{ readonly bundles: readonly StoredBundle[]; readonly isCut: boolean }> {
  const bundles: StoredBundle[] = [];
  let token: string | undefined;
  for (let page = 0; page < pages; page++) {
    const input = {
      Bucket: bucket,
      Prefix: prefix,
      ...(token !== undefined && { ContinuationToken: token }),
    };
    const answer = await asking(ACTION, () => client.send(new ListObjectsV2Command(input)));
    for (const { Key, Size, LastModified, ETag } of answer.Contents ?? []) {
      // Only what S3 says in full; what lies deeper, or under another name, is no bundle of this digest.
      if (Key === undefined || Size === undefined || !isDirectBundle(Key, prefix)) continue;
      bundles.push({ key: Key, size: Size, modified: LastModified ?? new Date(0), etag: ETag ?? "" });
    }
    token = answer.NextContinuationToken;
    if (answer.IsTruncated !== true || token === undefined) return { bundles, isCut: false };
  }
  return { bundles, isCut: true };
}

function isDirectBundle(key: string, prefix: string): boolean {
  return isBundleName(key) && key.endsWith(".json") && !key.slice(prefix.length).includes("/");
}
