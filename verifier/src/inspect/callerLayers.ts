/** Layer versions for a policy pack, with the credentials of whoever runs the preview. A bundle of its own: most need none. */
import { type Artifact, DEFAULT_LIMITS, FnsealError } from "@fnseal/core";
import { createClientFor } from "../aws/clientFor.ts";
import { createDownload } from "../aws/download.ts";
import { createFunctions } from "../aws/functions.ts";
import { locateLayer } from "./locate.ts";
import { readPiece } from "./readPiece.ts";

/** Milliseconds. A layer has at most 250 MB. */
const DOWNLOAD = 60_000;

const functions = createFunctions(createClientFor());
const download = createDownload();

/**
 * Downloads a layer version to a new file and digests it; what comes has to be what AWS says.
 *
 * @param arn of this account or of another one that lets it be read
 * @throws FnsealError, AwsFailure
 */
export async function readCallersLayer(arn: string, path: string): Promise<Artifact> {
  const again = () => locateLayer(functions, arn);
  const limits = { bytes: DEFAULT_LIMITS.archiveBytes, milliseconds: DOWNLOAD };
  const artifact = await readPiece(await again(), path, { download, limits, again });
  if (artifact === undefined) throw new FnsealError("layer-unreadable", `${arn} is gone`);
  if (artifact instanceof FnsealError) throw artifact;
  return artifact;
}
