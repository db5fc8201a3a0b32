/** How much of a store is read for one artifact. */
export interface StoreLimits {
  /** Bundles. */
  readonly bundles: number;
  /** Bytes of one bundle. */
  readonly bundleBytes: number;
  /** Bytes of all bundles together: they are in memory at once. */
  readonly totalBytes: number;
  /** Pages of a listing, 1,000 keys each. */
  readonly pages: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = {
  bundles: 200,
  bundleBytes: 5 << 20,
  // Parsed they take several times as much, of the 200 MB that the verifier may have. Honest ones have some 2 KB; with
  // an SBOM in them, a few MB.
  totalBytes: 12 << 20,
  pages: 10,
};
