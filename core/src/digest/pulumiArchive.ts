import { createHash } from "node:crypto";
import { goTarHeader, tarPadding, TAR_TRAILER } from "./goTar.ts";

/** A file in memory. */
export interface NamedContent {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The `pulumiArchive` of files in memory: SHA-256, in lower-case hexadecimal, of the tar that the Pulumi
 * engine (sdk/go/common/resource/archive, archiveTar) writes of them in the order given. Names must
 * differ, must not have a NUL and must not end in a slash.
 */
export function pulumiArchiveOfFiles(files: Iterable<NamedContent>): string {
  const hash = createHash("sha256");
  for (const { name, content } of files) {
    hash.update(goTarHeader(name, content.length)).update(content).update(tarPadding(content.length));
  }
  return hash.update(TAR_TRAILER).digest("hex");
}
