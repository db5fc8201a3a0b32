import { FnsealError } from "../errors.ts";
import type { SealedConfiguration } from "./sealed.ts";
import type { Configuration, ReadLayer, VerifyMac } from "./types.ts";

/** What a judge asks about a function, answered by what a statement seals. */
export interface AsSealed {
  readonly configuration: Configuration;
  readonly readLayer: ReadLayer;
  readonly verifyMac: VerifyMac;
}

/**
 * For judging a bundle while the function is not at hand: its configuration is taken to be what the bundle seals, so that
 * everything else about it is judged. Nothing may run because of such a verdict.
 */
export function asSealed(sealed: SealedConfiguration): AsSealed {
  const { environment, layers, ...plain } = sealed;
  return {
    configuration: {
      ...{ handler: plain.handler, runtime: plain.runtime, role: plain.role, vpc: plain.vpc },
      ...{
        architectures: plain.architectures,
        fileSystems: plain.fileSystems,
        imageConfig: plain.imageConfig,
      },
      layers: layers?.map((layer) => (typeof layer === "string" ? layer : layer.arn)),
      environment: environment && Object.fromEntries(environment.names.map((name) => [name, ""])),
    },
    readLayer: (index) => {
      const layer = layers?.[index];
      if (layer === undefined || typeof layer === "string")
        return Promise.reject(new FnsealError("layer-content-unknown", "it is not sealed by what it holds"));
      const { sha256, dirHash } = layer.digest;
      return Promise.resolve([
        { ...(sha256 !== undefined && { sha256 }), ...(dirHash !== undefined && { dirHash }) },
      ]);
    },
    verifyMac: () => Promise.resolve(true),
  };
}
