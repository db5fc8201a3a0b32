import { rm } from "node:fs/promises";
import { type Artifact, digestPath, FnsealError } from "@fnseal/core";
import type { CodeLocation } from "../model/facts.ts";
import type { Settings } from "../model/settings.ts";
import type { Download } from "../ports.ts";
import type { Located } from "./locate.ts";

export interface ReadPorts {
  readonly download: Download;
  readonly limits: Settings["download"];
  /** Asks anew where the code is. */
  readonly again: () => Promise<Located>;
}

/**
 * Downloads code to `path` and digests it. What came has to be what AWS says the function runs. If it isn't, an update
 * may have come between the two answers: AWS is asked once more, and then it is `code-not-as-told`.
 *
 * @returns why it could not be read, where trying again does not help; `undefined` where the code is gone
 * @throws AwsFailure
 */
export async function readPiece(
  located: Located,
  path: string,
  ports: ReadPorts,
): Promise<Artifact | FnsealError | undefined> {
  if (located === undefined || located instanceof FnsealError) return located;
  const first = await readOnce(located, path, ports);
  if (!(first instanceof FnsealError) || first.code !== "code-not-as-told") return first;
  const again = await ports.again();
  await rm(path);
  return again === undefined || again instanceof FnsealError ? again : readOnce(again, path, ports);
}

async function readOnce(
  { codeSha256, codeSize, url }: CodeLocation,
  path: string,
  { download, limits }: ReadPorts,
): Promise<Artifact | FnsealError> {
  if (url === undefined) return new FnsealError("code-unreadable", "AWS gave no location for the code");
  if (codeSize > limits.bytes) {
    const message = `AWS says that the code has ${codeSize} bytes; at most ${limits.bytes} are read`;
    return new FnsealError("code-download-too-large", message);
  }
  try {
    // Where AWS names no size the limit alone holds.
    const bytes = codeSize > 0 ? codeSize : limits.bytes;
    await download(url, path, { bytes, milliseconds: limits.milliseconds });
    const artifact = await digestPath(path, { as: "zip", limits: { archiveBytes: limits.bytes } });
    const { sha256 } = artifact.digests;
    if (sha256 === codeSha256) return artifact;
    const message = `AWS says that its SHA-256 is ${codeSha256.slice(0, 16)}…, and what came has ${sha256?.slice(0, 16) ?? "none"}…`;
    return new FnsealError("code-not-as-told", message);
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}
