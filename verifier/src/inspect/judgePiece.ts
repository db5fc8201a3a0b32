import { createReadStream } from "node:fs";
import { join } from "node:path";
import {
  type Artifact,
  createJudge,
  FnsealError,
  type Found,
  type TrustPolicy,
  type Verdict,
} from "@fnseal/core";
import type { FunctionFacts } from "../model/facts.ts";
import type { Judgement } from "../model/inspection.ts";
import type { Settings } from "../model/settings.ts";
import type { Functions } from "../ports.ts";
import { withFolder } from "./folder.ts";
import { locate, type Located } from "./locate.ts";
import { createTurns } from "./parallel.ts";
import type { Piece } from "./pieces.ts";
import { readPiece } from "./readPiece.ts";
import { targetOf } from "./target.ts";
import type { InspectPorts } from "./types.ts";

export interface PieceJudge {
  /**
   * @returns `undefined` where no version has the piece any more
   * @throws AwsFailure, ChangedMeanwhile
   */
  judge(functions: Functions, facts: FunctionFacts, piece: Piece): Promise<Judgement | undefined>;
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
  const judge = createJudge(policy, clock);
  // One archive is on the disk at a time: it may have 250 MB, and a Lambda's /tmp 512.
  const inTurn = createTurns();

  async function verdictOf(
    facts: FunctionFacts,
    piece: Piece,
    artifact: Artifact | FnsealError,
    path?: string,
  ): Promise<Verdict> {
    const target = targetOf(facts, piece.layer);
    const found =
      "digests" in artifact ? await bundles.find({ paths: [], digests: artifact.digests }) : NOTHING;
    const readFile = path === undefined ? undefined : () => createReadStream(path);
    return judge.judge({ target, artifact, found, readFile });
  }

  function readAndJudge(
    facts: FunctionFacts,
    piece: Piece,
    located: Located,
    again: () => Promise<Located>,
  ): Promise<Verdict | undefined> {
    return inTurn(() =>
      withFolder(async (folder) => {
        const path = join(folder, "code.zip");
        const artifact = await readPiece(located, path, { download, limits: settings.download, again });
        return artifact && verdictOf(facts, piece, artifact, path);
      }, log),
    );
  }

  return {
    judge: async (functions, facts, piece) => {
      if (piece.what === "image") {
        // Here the image's resolved digest is looked up once signatures of images are verified.
        const problem = new FnsealError("image-unsupported", "signatures of images are not verified yet");
        return toJudgement(piece, piece.codeSha256, await verdictOf(facts, piece, problem));
      }
      const ask = (): Promise<Located> => locate(functions, facts.place, piece);
      const located = await ask();
      if (located === undefined) return undefined;
      if (located instanceof FnsealError) {
        return toJudgement(piece, piece.codeSha256, await verdictOf(facts, piece, located));
      }
      const verdict = await readAndJudge(facts, piece, located, ask);
      return verdict && toJudgement(piece, located.codeSha256, verdict);
    },
    judgeUnknown: async (facts, problem) => {
      const piece = {
        what: "code",
        versions: [],
        isReachable: true,
        codeSha256: "",
        layer: undefined,
      } as const;
      return toJudgement(piece, "", await verdictOf(facts, piece, problem));
    },
  };
}

function toJudgement(piece: Piece, codeSha256: string, verdict: Verdict): Judgement {
  const { what, versions, isReachable, layer } = piece;
  return { what, versions, ...(layer !== undefined && { layer }), codeSha256, isReachable, verdict };
}
