import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artifact, digestArchive, FnsealError, sha256File } from "@fnseal/core";

/**
 * Whether what a provider bridged from Terraform would take from its cache is this artifact. Such a provider keeps
 * a zipped archive as `pulumi-asset-<hash>` in the temporary folder and deploys what is there without a look.
 *
 * @throws FnsealError `engine-cache-poisoned`
 */
export async function assertCacheClean(artifact: Artifact): Promise<void> {
  for (const folder of new Set([tmpdir(), process.env["TMPDIR"] ?? "/tmp"])) {
    const path = join(folder, `pulumi-asset-${artifact.engineHash}`);
    if (existsSync(path) && !(await isSame(path, artifact))) {
      throw new FnsealError(
        "engine-cache-poisoned",
        `${path} holds other files than the code, and would be deployed instead`,
      );
    }
  }
}

async function isSame(path: string, artifact: Artifact): Promise<boolean> {
  if (!statSync(path).isFile()) return false;
  if (artifact.digests.sha256 !== undefined && (await sha256File(path)) === artifact.digests.sha256)
    return true;
  try {
    const cached = await digestArchive({ kind: "archive-file", path }, { root: "/", as: "zip" });
    return artifact.digests.dirHash !== undefined && cached.digests.dirHash === artifact.digests.dirHash;
  } catch {
    return false;
  }
}
