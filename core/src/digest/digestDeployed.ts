import { type Stats, statSync } from "node:fs";
import { unreadable } from "./refuse.ts";
import type { RunOptions } from "./run.ts";
import { digestFolder } from "./selection/digestFolder.ts";
import { FOLDER_SELECTION } from "./selection/exclusions.ts";
import { sha256File } from "./sha256File.ts";
import type { Artifact } from "./types.ts";

/**
 * Digests a file or folder that is deployed as it is by whatever reads it: a file by its bytes, whatever it holds, a
 * folder by the files in it.
 *
 * @throws FnsealError as `digestPath` does
 */
export async function digestDeployed(path: string, options: RunOptions = {}): Promise<Artifact> {
  let stat: Stats;
  try {
    stat = statSync(path);
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
  if (stat.isDirectory()) return (await digestFolder(path, "folder", FOLDER_SELECTION, options)).artifact;
  const sha256 = await sha256File(path, options);
  return { shape: "file", digests: { sha256 }, refusals: [], files: 1, bytes: stat.size };
}
