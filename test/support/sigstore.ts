/** Sigstore's own services on loopback, for tests that sign without a key. */
export { type Sigstore, startSigstore } from "./sigstore/start.ts";
