import type { BundleStore, Candidate, Found } from "@fnseal/core";
import type { BucketAddress } from "../../../verifier/src/store/callerBuckets.ts";
import { toOwnError } from "./ownError.ts";

/** Milliseconds for everything about one artifact, all tries and bundles together. */
const TIME = 20_000;
/** Milliseconds for which a bucket that did not answer is not asked again: else each function would wait for it anew. */
const DOWN = 60_000;

/**
 * A bundle store in S3, with the credentials of whoever runs the preview. A bucket that cannot be asked, or not in time, is a
 * candidate with `bundle-store-unreachable`, which leaves the verdict undecided: the bundle may be there.
 */
export function createBucketStore(address: BucketAddress): BundleStore {
  let opened: Promise<BundleStore> | undefined;
  let down: { readonly until: number; readonly found: Found } | undefined;
  return {
    find: async (wanted): Promise<Found> => {
      const where = `s3://${address.bucket}`;
      if (down && down.until > Date.now()) return down.found;
      try {
        opened ??= import("../../../verifier/src/store/callerBuckets.ts").then(({ openBucket }) =>
          openBucket(address),
        );
        const { candidates, searched } = await within(TIME, (await opened).find(wanted));
        return { candidates: candidates.map(own), searched };
      } catch (thrown) {
        const error = toOwnError(thrown, "bundle-store-unreachable", `${where} cannot be asked`);
        const found = { candidates: [{ where, error }], searched: [where] };
        down = { until: Date.now() + DOWN, found };
        return found;
      }
    },
  };
}

async function within<T>(milliseconds: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

function own(candidate: Candidate): Candidate {
  if (!("error" in candidate)) return candidate;
  const { where, error } = candidate;
  return { where, error: toOwnError(error, "bundle-store-unreachable", where) };
}

/** Several stores as one: what any of them has counts. */
export function joinStores(stores: readonly BundleStore[]): BundleStore {
  const [only] = stores;
  if (only && stores.length === 1) return only;
  return {
    find: async (wanted): Promise<Found> => {
      const found = await Promise.all(stores.map((store) => store.find(wanted)));
      return {
        candidates: found.flatMap(({ candidates }) => candidates),
        searched: found.flatMap(({ searched }) => searched),
      };
    },
  };
}
