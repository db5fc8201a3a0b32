import type { Artifact } from "./types.ts";

/**
 * An image as something to be judged. A signature may name it, or the index that it is in.
 *
 * @param sha256 of its manifest, lower-case hexadecimal
 */
export function imageArtifact(sha256: string, index?: string): Artifact {
  return {
    ...{ shape: "image", digests: { sha256 }, refusals: [], files: 0, bytes: 0 },
    ...(index !== undefined && { indexSha256: index }),
  };
}
