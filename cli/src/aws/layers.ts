import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DigestSet } from "@fnseal/core";
import { readCallersLayer } from "../../../verifier/src/inspect/callerLayers.ts";
import { toAwsError } from "./errors.ts";

/**
 * Downloads a layer version, of this account or of another one that lets it be read, and digests it. Needs
 * `lambda:GetLayerVersion`.
 *
 * @throws FnsealError `layer-unreadable`, `aws-…`, `code-…`
 */
export async function layerDigests(arn: string): Promise<DigestSet> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-layer-"));
  try {
    return (await readCallersLayer(arn, join(folder, "layer.zip"))).digests;
  } catch (thrown) {
    throw toAwsError(thrown, "lambda:GetLayerVersion");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
