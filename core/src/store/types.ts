import type { DigestSet } from "../digest/types.ts";
import type { FnsealError } from "../errors.ts";
import type { PinnedImage } from "../oci/reference.ts";

/** One bundle that may be about an artifact, or the reason for which it could not be read. */
export type Candidate = {
  /** Where it was found, for messages: a path, with a line number for `.jsonl`. */
  readonly where: string;
} & ({ readonly bytes: Buffer } | { readonly error: FnsealError });

/** What a look-up came to. */
export interface Found {
  readonly candidates: readonly Candidate[];
  /** The places that were looked at, for messages. */
  readonly searched: readonly string[];
}

/** What a store may look bundles up by. */
export interface Wanted {
  /** The paths of the artifact or of its parts, as far as it has any: bundles may lie beside them. */
  readonly paths: readonly string[];
  readonly digests: DigestSet;
  /** Where it is an image: its bundles may lie in its registry. */
  readonly image?: PinnedImage | undefined;
}

/** A place where bundles are found. Whoever writes to it gains nothing: a bundle proves itself. */
export interface BundleStore {
  find(wanted: Wanted): Promise<Found>;
}
