/** A bundle's size in bytes beyond which it is not read. The largest honest ones hold an SBOM. */
export const MAXIMUM_BUNDLE_BYTES = 5 << 20;
