import type { BundleStore, Candidate, Found } from "@fnseal/core";
import type { BucketAddress } from "../../../verifier/src/store/callerBuckets.ts";
import { toOwnError } from "./ownError.ts";

/**
 * A bundle store in S3, with the credentials of whoever runs the preview. A bucket that cannot be asked is a candidate
 * with `bundle-store-unreachable`, which leaves the verdict undecided: the bundle may be there.
 */
export function createBucketStore(address: BucketAddress): BundleStore {
  let opened: Promise<BundleStore> | undefined;
  return {
    find: async (wanted): Promise<Found> => {
      const where = `s3://${address.bucket}`;
      try {
        opened ??= import("../../../verifier/src/store/callerBuckets.ts").then(({ openBucket }) =>
          openBucket(address),
        );
        const { candidates, searched } = await (await opened).find(wanted);
        return { candidates: candidates.map(own), searched };
      } catch (thrown) {
        const error = toOwnError(thrown, "bundle-store-unreachable", `${where} cannot be asked`);
        return { candidates: [{ where, error }], searched: [where] };
      }
    },
  };
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
