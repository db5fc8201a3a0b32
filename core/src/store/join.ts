import { hash } from "node:crypto";
import type { BundleStore, Candidate, Found } from "./types.ts";

/** One store of several: what any of them has is found, the same bundle once. */
export function joinStores(stores: readonly BundleStore[]): BundleStore {
  return {
    find: async (wanted) => {
      const found: Found[] = [];
      for (const store of stores) found.push(await store.find(wanted));
      return joinFound(found);
    },
  };
}

/** What several look-ups came to, the same bundle once. */
export function joinFound(found: readonly Found[]): Found {
  const seen = new Set<string>();
  const isNew = (candidate: Candidate): boolean => {
    const key = "bytes" in candidate ? hash("sha256", candidate.bytes) : candidate.where;
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  };
  return {
    candidates: found.flatMap(({ candidates }) => candidates).filter(isNew),
    searched: [...new Set(found.flatMap(({ searched }) => searched))],
  };
}
