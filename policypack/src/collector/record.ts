import type { Artifact, Target } from "@fnseal/core";
import type { PlannedConfiguration } from "./plannedConfiguration.ts";

/** Tells the collector where to write. */
export const COLLECT_FILE = "FNSEAL_COLLECT_FILE";

/** A function or layer as a preview plans it, on one line of the collector's file. */
export interface CollectedResource {
  readonly urn: string;
  readonly target: Target;
  /** How messages name the source of the code: `code ./dist`. */
  readonly source: string;
  readonly code: CollectedCode;
  /** What a function will run with; none of a layer. */
  readonly configuration?: PlannedConfiguration;
}

export type CollectedCode =
  | {
      readonly kind: "read";
      readonly artifact: Artifact;
      /** Where it lies; several for an AssetArchive, none for a closure. */
      readonly paths: readonly string[];
    }
  /** Of an index those of `platforms` are what the function can run: `linux/arm64`. */
  | { readonly kind: "image"; readonly uri: string; readonly platforms: readonly string[] }
  /** It shows only at `pulumi up`. */
  | { readonly kind: "unknown" }
  | { readonly kind: "unread"; readonly code: string; readonly message: string };
