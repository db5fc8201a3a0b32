export { isBundleName, MAXIMUM_BUNDLES, namesBeside, readBundleFile } from "./files.ts";
export { joinFound, joinStores } from "./join.ts";
export { besideOf, createLocalStore, digestFolders, type LocalStoreOptions } from "./local.ts";
export type { BundleStore, Candidate, Found, Wanted } from "./types.ts";
