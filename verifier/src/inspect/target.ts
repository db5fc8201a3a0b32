import type { Target } from "@fnseal/core";
import { parseLayerArn } from "../aws/arn.ts";
import type { FunctionFacts } from "../model/facts.ts";

/** What the rules are asked about. A layer has no tags. */
export function targetOf(facts: FunctionFacts, layer: string | undefined): Target {
  if (layer === undefined) return { kind: "function", ...facts.place, tags: facts.tags };
  const arn = parseLayerArn(layer);
  return { kind: "layer", name: arn?.name, region: arn?.region, account: arn?.account, tags: {} };
}
