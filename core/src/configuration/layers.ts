import type { DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import type { SealedConfiguration } from "./sealed.ts";
import type { ReadLayer } from "./types.ts";

/** A layer as it is sealed: the ARN of a version, or what it holds, or both. */
export type SealedLayer = NonNullable<SealedConfiguration["layers"]>[number];

type SealedDigest = Exclude<SealedLayer, string>["digest"];

/** Digests by which a layer is bound: those that whoever downloads it can compute. */
const BOUND = ["sha256", "dirHash"] as const;

/** A layer that is bound by what it holds, and its place among the layers. */
export interface BoundContent {
  readonly index: number;
  readonly digest: SealedDigest;
}

/** What a comparison of contents came to. */
export interface ContentsCompared {
  readonly differences: readonly string[];
  /** What whoever may read more, or later, can tell. */
  readonly unknown: readonly string[];
  /** What could not be found out here. */
  readonly unreadable: readonly string[];
}

/**
 * A layer for a seal.
 *
 * @param arn `undefined`: not bound by ARN
 * @param content `undefined`: not bound by what it holds
 * @returns `undefined` where nothing is left to bind it by
 */
export function sealLayer(arn: string | undefined, content: DigestSet | undefined): SealedLayer | undefined {
  const pairs = BOUND.flatMap((name) => (content?.[name] === undefined ? [] : [[name, content[name]]]));
  if (pairs.length === 0) return arn;
  return { ...(arn !== undefined && { arn }), digest: Object.fromEntries(pairs) as SealedDigest };
}

/** Compares ARNs, in order, and says which contents are left to compare. */
export function compareLayers(
  sealed: readonly SealedLayer[],
  present: readonly (string | undefined)[],
): { readonly isSame: boolean | undefined; readonly contents: readonly BoundContent[] } {
  if (sealed.length !== present.length) return { isSame: false, contents: [] };
  const results = sealed.map((layer, index): boolean | undefined => {
    const arn = typeof layer === "string" ? layer : layer.arn;
    if (arn === undefined) return true;
    return present[index] === undefined ? undefined : arn === present[index];
  });
  const contents = sealed.flatMap((layer, index) =>
    typeof layer === "string" ? [] : [{ index, digest: layer.digest }],
  );
  if (results.includes(false)) return { isSame: false, contents };
  return { isSame: results.includes(undefined) ? undefined : true, contents };
}

/**
 * Compares what layers hold with what was sealed. A layer that cannot be read is never taken for the same.
 *
 * @param read `undefined`: nobody here may read layers
 * @throws what `read` throws besides FnsealError
 */
export async function compareContents(
  contents: readonly BoundContent[],
  read: ReadLayer | undefined,
): Promise<ContentsCompared> {
  const found = { differences: [] as string[], unknown: [] as string[], unreadable: [] as string[] };
  for (const { index, digest } of contents) {
    const name = `layers[${index}]`;
    try {
      if (!read) throw new FnsealError("layer-content-unknown", "nothing here reads layers");
      const results = new Set((await read(index)).map((content) => isSame(digest, content)));
      if (results.size === 1 && results.has(true)) continue;
      if (results.size === 1 && results.has(false)) found.differences.push(`${name} holds something else`);
      else if (results.has(undefined) || results.size === 0)
        found.unreadable.push(
          `${name} is bound by ${Object.keys(digest).join(", ")}, which is not known here`,
        );
      else found.unknown.push(`${name} (it is one of several)`);
    } catch (thrown) {
      if (!(thrown instanceof FnsealError)) throw thrown;
      const list = thrown.code === "configuration-unknown" ? found.unknown : found.unreadable;
      list.push(`${name}: ${thrown.message}`);
    }
  }
  return found;
}

/** Values count only under the same key; `undefined` where there is none in common. */
function isSame(sealed: SealedDigest, content: DigestSet): boolean | undefined {
  const common = BOUND.filter((name) => sealed[name] !== undefined && content[name] !== undefined);
  if (common.length === 0) return undefined;
  return common.some((name) => sealed[name] === content[name]);
}
