import { createHash } from "node:crypto";
import type { BundleStore, Candidate, Found } from "@fnseal/core";
import { usageError } from "../errors.ts";

/** One store of several: what any of them has is found, the same bundle once. */
export function createStores(stores: readonly BundleStore[]): BundleStore {
  return {
    find: async (wanted) => {
      const found: Found[] = [];
      for (const store of stores) found.push(await store.find(wanted));
      const seen = new Set<string>();
      const isNew = (candidate: Candidate): boolean => {
        const key =
          "bytes" in candidate ? createHash("sha256").update(candidate.bytes).digest("hex") : candidate.where;
        const isFirst = !seen.has(key);
        seen.add(key);
        return isFirst;
      };
      return {
        candidates: found.flatMap(({ candidates }) => candidates).filter(isNew),
        searched: found.flatMap(({ searched }) => searched),
      };
    },
  };
}

/** As S3 names buckets (Amazon S3 User Guide, "General purpose bucket naming rules"). */
const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/;

/** The bucket of `s3://BUCKET`. @throws FnsealError `usage-invalid` */
export function parseStore(text: string): string {
  const bucket = BUCKET.exec(text)?.[1];
  if (bucket !== undefined) return bucket;
  throw usageError(`--store ${JSON.stringify(text)} must be s3://BUCKET`);
}
