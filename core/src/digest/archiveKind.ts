/** How Pulumi takes a file by the end of its name: `ArchiveExts` in its sdk/go/common/resource/archive. */
export type ArchiveKind = "zip" | "jar" | "tar" | "tgz";

const KINDS: readonly (readonly [string, ArchiveKind])[] = [
  [".zip", "zip"],
  [".jar", "jar"],
  [".tar", "tar"],
  [".tgz", "tgz"],
  [".tar.gz", "tgz"],
];

/** What a path is to Pulumi; `undefined` is a folder or nothing it can deploy. Upper case doesn't count. */
export function archiveKind(path: string): ArchiveKind | undefined {
  return KINDS.find(([end]) => path.endsWith(end))?.[1];
}
