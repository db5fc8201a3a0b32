import { join } from "node:path";
import { type DigestSet, FnsealError } from "@fnseal/core";
import type { Functions } from "../ports.ts";
import { withFolder } from "./folder.ts";
import { locateLayer } from "./locate.ts";
import { readPiece, type ReadPorts } from "./readPiece.ts";
import type { InspectPorts } from "./types.ts";

/** What a layer version holds, by its ARN. @throws FnsealError where it cannot be read; AwsFailure */
export type LayerContents = (arn: string) => Promise<DigestSet>;

/**
 * Reads layers whose content a signature binds, each once: the same layer may be a piece of its own, but nearly no
 * function has both. It may read while a function's code is on the disk: Lambda lets code and layers have 250 MB together
 * when they are unpacked, and one layer is there at a time.
 */
export function createLayerContents(
  functions: Functions,
  { download, limits, log }: Omit<ReadPorts, "again"> & Pick<InspectPorts, "log">,
): LayerContents {
  const known = new Map<string, Promise<DigestSet>>();
  const read = (arn: string): Promise<DigestSet> =>
    withFolder(async (folder) => {
      const again = () => locateLayer(functions, arn);
      const path = join(folder, "layer.zip");
      const artifact = await readPiece(await again(), path, { download, limits, again });
      if (artifact === undefined) throw new FnsealError("layer-unreadable", `${arn} is gone`);
      if (artifact instanceof FnsealError) throw artifact;
      return artifact.digests;
    }, log);
  return (arn) => {
    const digests = known.get(arn) ?? read(arn);
    known.set(arn, digests);
    return digests;
  };
}
