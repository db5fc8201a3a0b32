import { hash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { type BundleStore, type Candidate, FnsealError, type Found, type Wanted } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import { mapLimit } from "../inspect/parallel.ts";
import { chooseBundles, type StoredBundle } from "./choose.ts";
import { prefixesOf } from "./keys.ts";
import { DEFAULT_STORE_LIMITS, type StoreLimits } from "./limits.ts";
import { listPrefix } from "./list.ts";
import { readObject } from "./read.ts";

/** Requests for one artifact at a time. */
const AT_ONCE = 8;

/**
 * Bundles in an S3 bucket: `<algorithm>/<hex>/<SHA-256 of the bundle>.sigstore.json`.
 *
 * What may pass (throttling, S3 or the network down) is thrown as AwsFailure. What trying again does not mend is a
 * candidate with `bundle-store-unreachable`, which is undecided, never a bundle that is missing.
 */
export function createS3Store(
  client: S3Client,
  bucket: string,
  limits: Partial<StoreLimits> = {},
): BundleStore {
  const all = { ...DEFAULT_STORE_LIMITS, ...limits };
  return { find: (wanted) => find(wanted, client, bucket, all) };
}

async function find(wanted: Wanted, client: S3Client, bucket: string, limits: StoreLimits): Promise<Found> {
  const whereOf = (key: string): string => `s3://${bucket}/${key}`;
  const prefixes = prefixesOf(wanted.digests);
  const unreachable: Candidate[] = [];
  const listed: StoredBundle[] = [];
  await mapLimit(prefixes, AT_ONCE, async (prefix) => {
    const where = whereOf(prefix);
    try {
      const { bundles, isCut } = await listPrefix(client, bucket, prefix, limits.pages);
      listed.push(...bundles);
      if (isCut) {
        const message = `more than ${limits.pages * 1000} bundles; the rest is not read`;
        unreachable.push({ where, error: new FnsealError("bundle-too-many", message) });
      }
    } catch (thrown) {
      unreachable.push({ where, error: lastingFailure(thrown, "cannot be listed") });
    }
  });
  const { wanted: chosen, refused } = chooseBundles(listed, limits, whereOf);
  const read = await mapLimit(chosen, AT_ONCE, async ({ key }): Promise<Candidate[]> => {
    const where = whereOf(key);
    try {
      const bytes = await readObject(client, bucket, key, limits.bundleBytes);
      return bytes === undefined ? [] : [{ where, bytes }];
    } catch (thrown) {
      if (thrown instanceof FnsealError) return [{ where, error: thrown }];
      return [{ where, error: lastingFailure(thrown, "cannot be read") }];
    }
  });
  const candidates = [...uniqueContents(read.flat()), ...refused, ...unreachable];
  return { candidates, searched: prefixes.map(whereOf) };
}

/** Throws on what may pass. */
function lastingFailure(thrown: unknown, what: string): FnsealError {
  if (!(thrown instanceof AwsFailure) || thrown.isPassing) throw thrown;
  return new FnsealError("bundle-store-unreachable", `${what}: ${thrown.message}`, { cause: thrown });
}

/** The same bundle lies under each of its digests, and encryption may give each a tag of its own. */
function uniqueContents(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter((candidate) => {
    if (!("bytes" in candidate)) return true;
    const content = hash("sha256", candidate.bytes);
    const isNew = !seen.has(content);
    seen.add(content);
    return isNew;
  });
}
