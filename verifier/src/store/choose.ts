import { type Candidate, FnsealError } from "@fnseal/core";
import type { StoreLimits } from "./limits.ts";

/** A bundle as a listing shows it. */
export interface StoredBundle {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  readonly etag: string;
}

/** What is to be read, and why the rest is not. */
export interface Choice {
  readonly wanted: readonly StoredBundle[];
  readonly refused: readonly Candidate[];
}

/**
 * Chooses which bundles are read where there are more than anyone needs. The oldest first: whoever floods a store
 * comes after the bundle that is to be hidden. Of those the largest are left out until the rest fits into memory,
 * since honest ones are small. The same bundle under two digests is read once.
 */
export function chooseBundles(
  listed: readonly StoredBundle[],
  limits: StoreLimits,
  whereOf: (key: string) => string,
): Choice {
  const refused: Candidate[] = [];
  const refuse = (key: string, code: "bundle-too-large" | "bundle-too-many", message: string): void => {
    refused.push({ where: whereOf(key), error: new FnsealError(code, message) });
  };
  const unique = new Map<string, StoredBundle>();
  for (const bundle of [...listed].sort(oldestFirst)) {
    // The name alone says nothing: whoever can write to the store can put anything under it.
    const same = `${bundle.key.slice(bundle.key.lastIndexOf("/"))} ${bundle.etag} ${bundle.size}`;
    if (!unique.has(same)) unique.set(same, bundle);
  }
  const readable: StoredBundle[] = [];
  for (const bundle of unique.values()) {
    if (readable.length + refused.length >= limits.bundles) {
      refuse(bundle.key, "bundle-too-many", `more than ${limits.bundles} bundles; the rest is not read`);
      break;
    }
    if (bundle.size <= limits.bundleBytes) readable.push(bundle);
    else {
      const message = `has ${bundle.size} bytes; at most ${limits.bundleBytes} are read`;
      refuse(bundle.key, "bundle-too-large", message);
    }
  }
  let total = readable.reduce((sum, { size }) => sum + size, 0);
  const left = new Set<StoredBundle>();
  for (const bundle of [...readable].sort((a, b) => b.size - a.size || -oldestFirst(a, b))) {
    if (total <= limits.totalBytes) break;
    total -= bundle.size;
    left.add(bundle);
    refuse(bundle.key, "bundle-too-large", `the bundles together exceed ${limits.totalBytes} bytes`);
  }
  return { wanted: readable.filter((bundle) => !left.has(bundle)), refused };
}

function oldestFirst(a: StoredBundle, b: StoredBundle): number {
  const byAge = a.modified.getTime() - b.modified.getTime();
  if (byAge !== 0) return byAge;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
