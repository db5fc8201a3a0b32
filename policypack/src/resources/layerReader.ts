import { type Configuration, FnsealError, type ReadLayer } from "@fnseal/core";
import type { Ready, Session } from "../session.ts";
import { readLayerVersion } from "../stores/layerVersion.ts";
import { parseLayerArn } from "./layerArns.ts";

/**
 * Says what the layers of a function hold, for signatures that bind it. A layer that this program publishes is known by
 * its name; which version of it a function names is proved at the end: `usedLayersInStack`. While its ARN is not known yet
 * it is one of those that the program publishes, for the engine shows them before the functions that use them.
 */
export function layerReader(
  layers: Configuration["layers"],
  session: Session,
  { config }: Pick<Ready, "config">,
): ReadLayer {
  return async (index) => {
    const arn = layers?.[index];
    if (arn === undefined) {
      const contents = session.layers.contentsOf(undefined);
      if (contents.length > 0) return contents;
      throw new FnsealError("configuration-unknown", "it is not known yet");
    }
    const name = parseLayerArn(arn)?.name;
    if (name !== undefined && session.layers.has(name)) return session.layers.contentsOf(name);
    if (config.readLayers) return [(await readLayerVersion(arn)).digests];
    throw new FnsealError(
      "layer-unreadable",
      `${arn} is not of this program, and readLayers of fnseal-config is not set`,
    );
  };
}
