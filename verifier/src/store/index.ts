/** The bundle store: a bucket with bundles by digest. */
export type { StoredBundle } from "./choose.ts";
export { bundleName, prefixesOf } from "./keys.ts";
export { DEFAULT_STORE_LIMITS, type StoreLimits } from "./limits.ts";
export { createS3Store } from "./s3Store.ts";
export { listBundles, putBundle, type PutBundle, removeBundle } from "./write.ts";
