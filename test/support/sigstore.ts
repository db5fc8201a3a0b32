/** Sigstore's own services on loopback, for tests that sign without a key. */
export { type Sigstore, startSigstore, withRekorV1 } from "./sigstore/start.ts";
