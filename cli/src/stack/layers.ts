import type { DigestSet } from "@fnseal/core";
import { type KnownLayers, layersReader } from "../seal/layerEntries.ts";
import { FnsealError, type ReadLayer } from "@fnseal/core";
import type { Collected } from "./collected.ts";

/**
 * What is known of a function's layers. Those that the stack publishes are known by what they hold, whatever number their
 * next version gets; the others by their ARN. While an ARN is not known yet the layer is one that the stack publishes.
 */
export function stackLayers(
  { configuration }: Collected,
  resources: readonly Collected[],
): KnownLayers & { readonly candidates: readonly DigestSet[] } {
  const published = resources.filter(({ target }) => target.kind === "layer");
  const candidates = published.map(digestsOf);
  const [only] = candidates;
  const arns: (string | undefined)[] = [];
  const contents: (DigestSet | undefined)[] = [];
  for (const arn of configuration?.layers ?? []) {
    const own = arn === undefined ? candidates : contentsOf(arn, published);
    const [content] = own;
    const isOwn = arn === undefined || own.length > 0;
    arns.push(isOwn ? undefined : arn);
    // Of several of one name, or of all where no name is known yet, nobody can tell which it is.
    contents.push(own.length === 1 && content && Object.keys(content).length > 0 ? content : undefined);
  }
  return { arns: configuration?.layers && arns, contents, candidates: only ? candidates : [] };
}

/** For signatures that bind what layers hold. */
export function stackLayersReader(resource: Collected, resources: readonly Collected[]): ReadLayer {
  const known = stackLayers(resource, resources);
  const read = layersReader(known);
  return async (index) => {
    const isOpen = known.arns?.[index] === undefined && known.contents[index] === undefined;
    if (!isOpen) return read(index);
    if (known.candidates.length > 0) return known.candidates;
    throw new FnsealError("configuration-unknown", "it is not known yet");
  };
}

function contentsOf(arn: string, published: readonly Collected[]): DigestSet[] {
  const [scheme, , service, , , kind, name, version, more] = arn.split(":");
  if (scheme !== "arn" || service !== "lambda" || kind !== "layer" || !version || more !== undefined)
    return [];
  return published.filter(({ target }) => target.name === name).map(digestsOf);
}

function digestsOf({ code }: Collected): DigestSet {
  return code.kind === "read" ? code.artifact.digests : {};
}
