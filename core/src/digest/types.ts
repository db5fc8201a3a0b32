import type { Code } from "../codes/index.ts";
import type { Selection } from "./selection/exclusions.ts";

/**
 * The digests of one artifact by algorithm, as in-toto's DigestSet: lower-case hexadecimal, 64 characters.
 * Values are compared only under the same key.
 *
 * - `sha256`: SHA-256 of the file's bytes; Lambda's CodeSha256 is this in base64. Only a `.zip` has it, and an image: the
 *   digest of its manifest.
 * - `dirHash`: Go's dirhash Hash1 over the files that will be deployed, in hexadecimal.
 * - `pulumiArchive`: SHA-256 of the canonical tar by which the Pulumi engine names a directory or an AssetArchive.
 */
export interface DigestSet {
  readonly sha256?: string;
  readonly dirHash?: string;
  readonly pulumiArchive?: string;
}

export const DIGEST_ALGORITHMS = ["sha256", "dirHash", "pulumiArchive"] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** A file's content as the Pulumi engine names it. */
export type Asset =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "remote"; readonly uri: string };

/** Files as the Pulumi engine names them. `assets` keeps the order in which they were given. */
export type Archive =
  | { readonly kind: "archive-file"; readonly path: string }
  | { readonly kind: "archive-assets"; readonly entries: ReadonlyMap<string, Asset | Archive> }
  | { readonly kind: "archive-remote"; readonly uri: string };

/** A reason for which an artifact has no `dirHash`. */
export interface Refusal {
  readonly code: Code;
  /** A sentence that names the entry and what is wrong with it; control characters are escaped. */
  readonly message: string;
}

/** What is known of an artifact after its bytes were read. */
export interface Artifact {
  /**
   * - `directory`, `assets`: Pulumi zips the files itself
   * - `zip`: reaches Lambda byte for byte
   * - `repackaged`: a `.jar`, `.tar`, `.tgz` or `.tar.gz`, which Pulumi unpacks and zips anew
   * - `image`: a container image, named by the SHA-256 of its manifest
   * - `file`, `folder`: deployed as they are by whatever reads them; a file has a `sha256`, a folder a `dirHash`
   * - `program`: the files of a program that its selection covers
   */
  readonly shape: "directory" | "assets" | "zip" | "repackaged" | "image" | "file" | "folder" | "program";
  /** What a signature may name. Where there are refusals only a `.zip`'s `sha256` is left. */
  readonly digests: DigestSet;
  /**
   * The hash by which the engine names this archive: compare it with the `hash` on the wire. Missing where a
   * folder or an AssetArchive has refusals: then there is nothing that the engine's claim could be about.
   */
  readonly engineHash?: string;
  /** SHA-256 of a `repackaged` file's own bytes: what is deployed has other bytes, so a match proves little. */
  readonly rawSha256?: string;
  /** SHA-256 of an image index that names this image by digest: a signature over it is one over the image. */
  readonly indexSha256?: string;
  /** Of a program: which of its files are in `dirHash`. */
  readonly selection?: Selection;
  readonly refusals: readonly Refusal[];
  /** Files counted in `dirHash`, and their bytes when unpacked. */
  readonly files: number;
  readonly bytes: number;
}
