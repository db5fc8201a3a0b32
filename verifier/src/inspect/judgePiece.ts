import { createReadStream } from "node:fs";
import { join } from "node:path";
import {
  type Artifact,
  createJudge,
  FnsealError,
  type Found,
  imageArtifact,
  type TrustPolicy,
} from "@fnseal/core";
import { parseImageReference } from "@fnseal/core/oci/reference";
import type { CodeLocation, FunctionFacts } from "../model/facts.ts";
import type { Judgement } from "../model/inspection.ts";
import type { Settings } from "../model/settings.ts";
import type { Functions } from "../ports.ts";
import { withFolder } from "./folder.ts";
import { createLayerContents } from "./layerContents.ts";
import { judgeVariants, type VariantVerdict } from "./judgeVariants.ts";
import { locate, type Located } from "./locate.ts";
import { createTurns } from "./parallel.ts";
import type { Piece } from "./pieces.ts";
import { readPiece } from "./readPiece.ts";
import { targetOf } from "./target.ts";
import type { InspectPorts } from "./types.ts";

export interface PieceJudge {
  /**
   * @returns one for each outcome among the configurations it runs with; none where no version has the piece any more
   * @throws AwsFailure, ChangedMeanwhile
   */
  judge(functions: Functions, facts: FunctionFacts, piece: Piece): Promise<readonly Judgement[]>;
  /** Judges what could not be found out about a function as a whole. */
  judgeUnknown(facts: FunctionFacts, problem: FnsealError): Promise<Judgement>;
}

const NOTHING: Found = { candidates: [], searched: [] };

export function createPieceJudge(
  ports: Omit<InspectPorts, "functions" | "seal">,
  policy: TrustPolicy,
  settings: Pick<Settings, "download">,
): PieceJudge {
  const { download, bundles, clock, log } = ports;
  const judge = createJudge(policy, clock, { verifyMac: ports.verifyMac });
  // One archive is on the disk at a time, and a layer of it: it may have 250 MB, and a Lambda's /tmp 512.
  const inTurn = createTurns();

  async function verdictsOf(
    facts: FunctionFacts,
    piece: Piece,
    artifact: Artifact | FnsealError,
    read?: { readonly path: string; readonly functions: Functions },
  ): Promise<readonly VariantVerdict[]> {
    const found =
      "digests" in artifact ? await bundles.find({ paths: [], digests: artifact.digests }) : NOTHING;
    const readFile = read && (() => createReadStream(read.path));
    const layers = read && createLayerContents(read.functions, { download, limits: settings.download, log });
    return judgeVariants(
      facts,
      piece,
      { artifact, found, readFile, layers },
      { judge, policy, now: clock() },
    );
  }

  function readAndJudge(
    functions: Functions,
    facts: FunctionFacts,
    piece: Piece,
    located: Located,
    again: () => Promise<Located>,
  ): Promise<readonly VariantVerdict[]> {
    return inTurn(() =>
      withFolder(async (folder) => {
        const path = join(folder, "code.zip");
        const artifact = await readPiece(located, path, { download, limits: settings.download, again });
        return artifact ? verdictsOf(facts, piece, artifact, { path, functions }) : [];
      }, log),
    );
  }

  return {
    judge: async (functions, facts, piece) => {
      const ask = (): Promise<Located> => locate(functions, facts.place, piece);
      const located = await ask();
      if (located === undefined) return [];
      if (located instanceof FnsealError) {
        return toJudgements(piece, piece.codeSha256, await verdictsOf(facts, piece, located));
      }
      if (piece.what === "image") {
        return toJudgements(piece, located.codeSha256, await verdictsOf(facts, piece, imageOf(located)));
      }
      return toJudgements(
        piece,
        located.codeSha256,
        await readAndJudge(functions, facts, piece, located, ask),
      );
    },
    judgeUnknown: async (facts, problem) => {
      const target = targetOf(facts, undefined);
      const verdict = await judge.judge({ target, artifact: problem, found: NOTHING });
      return { what: "code", versions: [], codeSha256: "", isReachable: true, verdict };
    },
  };
}

/**
 * The image that a function runs: AWS resolves what was deployed, a tag or an index, to one image when the code is
 * updated, and runs that one until the next update. Its bytes stay in its registry; the digest names them.
 */
function imageOf({ resolvedImage = "" }: CodeLocation): Artifact | FnsealError {
  const image = parseImageReference(resolvedImage);
  if (image?.sha256 !== undefined) return imageArtifact(image.sha256);
  return new FnsealError("code-unreadable", "AWS does not say by digest which image the function runs");
}

function toJudgements(
  { what, layer }: Piece,
  codeSha256: string,
  verdicts: readonly VariantVerdict[],
): readonly Judgement[] {
  return verdicts.map(({ versions, isReachable, verdict }) => ({
    what,
    versions,
    ...(layer !== undefined && { layer }),
    codeSha256,
    isReachable,
    verdict,
  }));
}
