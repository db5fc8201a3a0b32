import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artifact, DEFAULT_LIMITS, digestPath } from "@fnseal/core";
import type { ObjectVersion } from "../../../verifier/src/store/callerBuckets.ts";
import { toOwnError } from "./ownError.ts";

const read = new Map<string, Promise<Artifact>>();

/**
 * Downloads code that lies in S3 under a pinned version and digests it. A version never changes, so each is read once
 * in a run.
 *
 * @throws FnsealError `s3-unread`, and what a zip can be refused for
 */
export function readObjectVersion(object: ObjectVersion): Promise<Artifact> {
  const key = JSON.stringify([object.bucket, object.key, object.version]);
  const known = read.get(key) ?? download(object);
  read.set(key, known);
  return known;
}

async function download(object: ObjectVersion): Promise<Artifact> {
  const { downloadObject } = await import("../../../verifier/src/store/callerBuckets.ts");
  const folder = mkdtempSync(join(tmpdir(), "fnseal-s3-"));
  const path = join(folder, "code.zip");
  try {
    try {
      await downloadObject(object, path, DEFAULT_LIMITS.archiveBytes);
    } catch (thrown) {
      throw toOwnError(thrown, "s3-unread", `s3://${object.bucket}/${object.key}`);
    }
    return await digestPath(path, { as: "zip" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
