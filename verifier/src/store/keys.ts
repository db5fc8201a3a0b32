import { hash } from "node:crypto";
import { DIGEST_ALGORITHMS, type DigestSet } from "@fnseal/core";

/** Bundles of an artifact lie under these prefixes of a bucket: `<algorithm>/<hex>/`. */
export function prefixesOf(digests: DigestSet): string[] {
  return DIGEST_ALGORITHMS.flatMap((algorithm) => {
    const value = digests[algorithm];
    return value === undefined ? [] : [`${algorithm}/${value}/`];
  });
}

/** Named by its content, so that no bundle takes the place of another signer's. */
export function bundleName(bytes: Uint8Array): string {
  return `${hash("sha256", bytes)}.sigstore.json`;
}
