import {
  type Artifact,
  FnsealError,
  type Found,
  type Judge,
  judgeInjection,
  passes,
  type ReadBytes,
  type ReadLayer,
  type TrustPolicy,
  type Verdict,
} from "@fnseal/core";
import type { FunctionFacts, VersionFacts } from "../model/facts.ts";
import { configurationOf } from "./configurationOf.ts";
import type { LayerContents } from "./layerContents.ts";
import type { Piece } from "./pieces.ts";
import { targetOf } from "./target.ts";

/** Code that was read, or why it could not be, and the bundles about it. */
export interface Evidence {
  readonly artifact: Artifact | FnsealError;
  readonly found: Found;
  readonly readFile: ReadBytes | undefined;
  /** Reads layers of the code; `undefined` of what has none. */
  readonly layers: LayerContents | undefined;
}

/** What versions of a piece came to. */
export interface VariantVerdict {
  readonly versions: readonly string[];
  readonly isReachable: boolean;
  readonly verdict: Verdict;
}

interface Judging {
  readonly judge: Judge;
  readonly policy: TrustPolicy;
  readonly now: Date;
}

/**
 * Judges code with each of the configurations in which versions run it. Those that come to the same are told together.
 *
 * @throws what asking KMS about sealed values throws
 */
export async function judgeVariants(
  facts: FunctionFacts,
  piece: Piece,
  { layers, ...evidence }: Evidence,
  { judge, policy, now }: Judging,
): Promise<readonly VariantVerdict[]> {
  const target = targetOf(facts, piece.layer);
  if (piece.variants.length === 0) {
    const { versions, isReachable } = piece;
    return [{ versions, isReachable, verdict: await judge.judge({ target, ...evidence }) }];
  }
  const verdicts: VariantVerdict[] = [];
  for (const { facts: version, ...variant } of piece.variants) {
    const configuration = configurationOf(version);
    const readLayer = layers && layerReader(version, layers);
    const signed = await judge.judge({ target, ...evidence, configuration, readLayer });
    const isSealed = signed.status === "verified" && signed.sealsValues === true;
    const { environment } = configuration;
    const injected = judgeInjection({ target, environment, isSealed }, policy, now);
    const verdict = passes(signed) && injected.status !== "verified" ? together(signed, injected) : signed;
    merge(verdicts, { ...variant, verdict });
  }
  return verdicts;
}

function layerReader({ layers }: VersionFacts, contents: LayerContents): ReadLayer {
  return async (index) => {
    const layer = layers[index];
    if (!layer) throw new FnsealError("layer-unreadable", "there is no such layer");
    return [await contents(layer.arn)];
  };
}

/** Code that is signed with a configuration that is not fine: the evidence of the one, the word of the other. */
function together({ digests, bundles, searched, notices }: Verdict, injected: Verdict): Verdict {
  return { ...injected, digests, bundles, searched, notices: [...notices, ...injected.notices] };
}

function merge(verdicts: VariantVerdict[], one: VariantVerdict): void {
  const index = verdicts.findIndex(({ verdict }) => wordOf(verdict) === wordOf(one.verdict));
  const known = verdicts[index];
  if (!known) {
    verdicts.push(one);
    return;
  }
  const versions = [...known.versions, ...one.versions];
  verdicts[index] = { ...known, versions, isReachable: known.isReachable || one.isReachable };
}

function wordOf(verdict: Verdict): string {
  return JSON.stringify([
    verdict.status,
    "code" in verdict ? [verdict.code, verdict.reason] : [],
    verdict.notices,
  ]);
}
