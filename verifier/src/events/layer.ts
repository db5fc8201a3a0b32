import { passes, trustedLayerPattern, type TrustPolicy } from "@fnseal/core";
import * as z from "zod";
import type { FunctionFacts } from "../model/facts.ts";
import type { PieceJudge } from "../inspect/judgePiece.ts";
import type { Place } from "../model/place.ts";
import type { Ports } from "../ports.ts";
import type { Tell } from "../tell.ts";
import { layerUnsigned } from "./findings.ts";
import type { TrailEvent } from "./trail.ts";

type Layer = Extract<TrailEvent, { kind: "layer" }>;

const DAY = 86_400_000;
/** CloudTrail's events may come again; not after so long. */
const TOLD_FOR = 7 * DAY;

export interface LayerPorts extends Pick<Ports, "functions" | "items" | "metrics" | "clock" | "log"> {
  readonly judge: PieceJudge;
  readonly tell: Tell;
}

/**
 * Judges layer versions when they are published, before a function uses one: told once, and nothing is done about it.
 *
 * @throws AwsFailure where it has to be tried again
 */
export function createLayerWatch(
  { functions, items, metrics, clock, log, judge, tell }: LayerPorts,
  policy: TrustPolicy,
  documentation: string,
): (layer: Layer) => Promise<void> {
  return async ({ arn, account, region, change }) => {
    if (trustedLayerPattern(policy.trustedLayers, arn) !== undefined) return;
    const note = { partition: `layer#${arn}`, sort: "told" };
    const told = await items.get(note, (value) => z.literal(true).parse(value));
    if (told) return;
    const piece = {
      what: "layer",
      versions: [],
      isReachable: false,
      codeSha256: "",
      layer: arn,
      variants: [],
    } as const;
    const place: Place = { account, region, name: arn.split(":")[6] ?? "" };
    const [judgement] = await judge.judge(functions, noFunction(place), piece);
    if (judgement === undefined) return;
    const { verdict } = judgement;
    metrics.count("Verdicts", region, verdict.status);
    log.info("a layer version was looked at", { layer: arn, status: verdict.status });
    if (passes(verdict)) return;
    const origin = { now: clock(), documentation };
    await tell(layerUnsigned(arn, place, change, origin, { ...judgement, verdict }));
    await items.put(note, true, undefined, new Date(clock().getTime() + TOLD_FOR));
  };
}

/** A layer is judged by its own name; no rule about it asks for a function. */
function noFunction(place: Place): FunctionFacts {
  return {
    place,
    arn: "",
    version: "$LATEST",
    codeSha256: "",
    packageType: "Zip",
    codeSize: 0,
    layers: [],
    configuration: {},
    tags: {},
    reservedConcurrency: undefined,
    blockUnsupported: undefined,
  };
}
