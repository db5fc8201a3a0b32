import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "@fnseal/core";
import { toOwnError } from "./ownError.ts";

const read = new Map<string, Promise<Artifact>>();

/**
 * Downloads a layer version, of this account or of another one that lets it be read, and digests it. A version never
 * changes, so each is read once in a run.
 *
 * @throws FnsealError `layer-unreadable`, `code-…`
 */
export function readLayerVersion(arn: string): Promise<Artifact> {
  const known = read.get(arn) ?? download(arn);
  read.set(arn, known);
  return known;
}

async function download(arn: string): Promise<Artifact> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-layer-"));
  try {
    const { readCallersLayer } = await import("../../../verifier/src/inspect/callerLayers.ts");
    return await readCallersLayer(arn, join(folder, "layer.zip"));
  } catch (thrown) {
    throw toOwnError(thrown, "layer-unreadable", arn);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
