import type { FunctionFacts, VersionFacts } from "../model/facts.ts";
import type { Survey } from "./survey.ts";
import { type Variant, withVersion } from "./variants.ts";

/** Something to be judged once, though several versions have it. */
export interface Piece {
  readonly what: "code" | "layer" | "image";
  /** `$LATEST` first, then the newest. */
  readonly versions: readonly string[];
  readonly isReachable: boolean;
  /** What AWS says; of a layer not known yet. */
  readonly codeSha256: string;
  /** The ARN of a layer. */
  readonly layer: string | undefined;
  /** Of code: the configurations in which versions run it. None of a layer. */
  readonly variants: readonly Variant[];
}

/** The code and the layers of all versions, each once; what is reachable first, code before layers. */
export function piecesOf(
  facts: FunctionFacts,
  { reach, versions }: Pick<Survey, "reach" | "versions">,
  isTrustedLayer: (arn: string) => boolean,
): readonly Piece[] {
  const pieces = new Map<string, Piece>();
  const add = (version: VersionFacts, piece: Pick<Piece, "what" | "codeSha256" | "layer">): void => {
    // Where AWS gives no CodeSha256, as it may for images, nothing says that two versions have the same.
    const key = `${piece.what} ${piece.layer ?? (piece.codeSha256 || version.version)}`;
    const isReachable = reach.versions.has(version.version);
    const known = pieces.get(key) ?? { ...piece, versions: [], isReachable, variants: [] };
    const all = known.versions.includes(version.version)
      ? known.versions
      : [...known.versions, version.version];
    const variants =
      piece.what === "layer" ? known.variants : withVersion(known.variants, version, isReachable);
    pieces.set(key, { ...known, versions: all, isReachable: known.isReachable || isReachable, variants });
  };
  for (const version of [facts, ...versions]) {
    const what = version.packageType === "Image" ? "image" : "code";
    add(version, { what, codeSha256: version.codeSha256, layer: undefined });
    for (const { arn } of version.layers) {
      if (!isTrustedLayer(arn)) add(version, { what: "layer", codeSha256: "", layer: arn });
    }
  }
  const rank = ({ what, isReachable }: Piece): number => (isReachable ? 0 : 2) + (what === "layer" ? 1 : 0);
  return [...pieces.values()].sort((a, b) => rank(a) - rank(b));
}
