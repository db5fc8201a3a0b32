import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { ObjectIdentifier, S3Client } from "@aws-sdk/client-s3";

/** Every version and delete marker below the prefix, a page at a time. */
export async function* versionsIn(
  Bucket: string,
  Prefix: string | undefined,
  s3: S3Client,
): AsyncGenerator<ObjectIdentifier[]> {
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }));
    const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    yield all.map(({ Key, VersionId }) => ({ Key, VersionId }));
    KeyMarker = page.IsTruncated === true ? page.NextKeyMarker : undefined;
    VersionIdMarker = page.NextVersionIdMarker;
  } while (KeyMarker !== undefined);
}
