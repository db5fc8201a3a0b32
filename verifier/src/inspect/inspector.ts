import { trustedLayerPattern, type TrustPolicy } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { FunctionFacts } from "../model/facts.ts";
import type { Inspection } from "../model/inspection.ts";
import type { Settings } from "../model/settings.ts";
import { firstAnswered } from "./firstAnswered.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { createPieceJudge } from "./judgePiece.ts";
import { ChangedMeanwhile } from "./locate.ts";
import { mapLimit, together } from "./parallel.ts";
import { piecesOf } from "./pieces.ts";
import { surveyOf, UNPUBLISHED } from "./survey.ts";
import type { InspectOptions, InspectPorts, Inspector } from "./types.ts";

/** Pieces whose locations are asked for ahead; a location is good for ten minutes. */
const AHEAD = 4;

/** How often a function that keeps changing is looked at anew before it is left to a later try. */
const ROUNDS = 3;

/** Keep one for a process: it remembers who signed which bundle, and lets one download happen at a time. */
export function createInspector(
  ports: InspectPorts,
  policy: TrustPolicy,
  settings: Pick<Settings, "download">,
): Inspector {
  const { functions, seal } = ports;
  const pieceJudge = createPieceJudge(ports, policy, settings);
  const isTrusted = (arn: string): boolean => trustedLayerPattern(policy.trustedLayers, arn) !== undefined;

  async function look(facts: FunctionFacts, options: InspectOptions): Promise<Inspection> {
    // The location is asked for beside the survey, which takes as many round trips again.
    const asked = firstAnswered(functions, facts.place);
    const survey = await surveyOf(functions, facts, options);
    const pieces = piecesOf(facts, survey, isTrusted);
    const [fingerprint, judgements, unknown] = await together([
      fingerprintOf(facts, survey, seal),
      mapLimit(pieces, AHEAD, (piece) => pieceJudge.judge(asked, facts, piece)),
      Promise.all(survey.problems.map((problem) => pieceJudge.judgeUnknown(facts, problem))),
    ]);
    return { facts, reach: survey.reach, judgements: [...judgements.flat(), ...unknown], fingerprint };
  }

  return {
    fingerprint: async (facts, { isUnpublished = false, ...options } = {}) =>
      fingerprintOf(facts, isUnpublished ? UNPUBLISHED : await surveyOf(functions, facts, options), seal),
    inspect: async (facts, options = {}) => {
      let present = facts;
      for (let round = 1; ; round++) {
        try {
          return await look(present, options);
        } catch (thrown) {
          if (!(thrown instanceof ChangedMeanwhile)) throw thrown;
          if (options.settle === false || round === ROUNDS) {
            throw failure("conflict", "the function changes while it is looked at");
          }
        }
        const next = await functions.get(facts.place);
        if (next === undefined) throw failure("gone", "the function is gone");
        present = next;
      }
    },
  };
}

function failure(kind: "conflict" | "gone", what: string): AwsFailure {
  return new AwsFailure(kind, "lambda:GetFunction", `lambda:GetFunction: ${what}`);
}
