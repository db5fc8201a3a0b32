/** What an artifact is, to the byte: its digests, by whatever way it reaches the function. */
export { digestArchive, digestPath, type DigestOptions } from "./digestArchive.ts";
export { dirHash, type FileDigest } from "./dirHash.ts";
export { imageArtifact } from "./imageArtifact.ts";
export {
  addedExclusions,
  FOLDER_SELECTION,
  type Selection,
  USUAL_EXCLUSIONS,
  USUAL_SELECTION,
} from "./selection/exclusions.ts";
export { archiveKind } from "./archiveKind.ts";
export { resolvePath } from "./assets.ts";
export { digestDeployed } from "./digestDeployed.ts";
export { digestFolder, type SelectedFiles } from "./selection/digestFolder.ts";
export { matchesPath } from "./selection/matchesPath.ts";
export { DEFAULT_LIMITS, type DigestLimits } from "./limits.ts";
export { pulumiArchiveOfFiles, type NamedContent } from "./pulumiArchive.ts";
export type { RunOptions } from "./run.ts";
export { sha256File } from "./sha256File.ts";
export {
  type Archive,
  type Artifact,
  type Asset,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  type DigestSet,
  type Refusal,
} from "./types.ts";
