import {
  type Artifact,
  describeVerdict,
  FnsealError,
  type Found,
  passes,
  trustedLayerPattern,
} from "@fnseal/core";
import { unwrap } from "../engine/value.ts";
import { type Finding, notice, problem } from "../rules/finding.ts";
import type { RuleContext, StackResource } from "../rules/rule.ts";
import { projectOf } from "../engine/urn.ts";
import type { Session } from "../session.ts";
import { readLayerVersion } from "../stores/layerVersion.ts";
import { LAYER_TYPES } from "./lambda.ts";
import { layersOf, parseLayerArn } from "./layerArns.ts";

/**
 * Judges the layers that a function names: each is published by this program, trusted by its ARN, or, where the
 * configuration says so, read from AWS. Which version of a published one is meant shows only in the whole stack:
 * {@link usedLayersInStack}.
 */
export async function judgeUsedLayers(context: RuleContext, session: Session): Promise<Finding[]> {
  const layers = layersOf(context.raw);
  if (layers.length === 0) return [];
  const { judge, config, store } = session.ready(projectOf(context.args.urn));
  const findings: Finding[] = [];
  for (const layer of layers) {
    if (layer.kind !== "known") continue;
    const arn = parseLayerArn(layer.value);
    if (
      arn &&
      (session.layers.has(arn.name) || trustedLayerPattern(config.policy.trustedLayers, layer.value))
    )
      continue;
    const artifact = config.readLayers ? await attempt(layer.value) : notTrusted(layer.value);
    const found =
      "digests" in artifact ? await store.find({ paths: [], digests: artifact.digests }) : NOTHING_SOUGHT;
    const target = {
      kind: "layer" as const,
      name: arn?.name,
      region: arn?.region,
      account: arn?.account,
      tags: {},
    };
    const verdict = await judge.judge({ target, artifact, found });
    findings.push(
      ...(passes(verdict)
        ? verdict.notices.map(({ code, message }) => notice(code, message))
        : [
            {
              level: "violation" as const,
              text: describeVerdict(verdict, { subject: `layer ${layer.value}` }),
            },
          ]),
    );
  }
  return findings;
}

const NOTHING_SOUGHT: Found = { candidates: [], searched: [] };

function notTrusted(arn: string): FnsealError {
  return new FnsealError("layer-not-trusted", `${arn} is not of this program and not in trustedLayers`);
}

async function attempt(arn: string): Promise<Artifact | FnsealError> {
  // Whatever is no ARN of a layer is asked of nobody.
  if (parseLayerArn(arn) === undefined) return notTrusted(arn);
  try {
    return await readLayerVersion(arn);
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}

/** Whether each layer of a function that names a layer of this program is the very version that it publishes. */
export function usedLayersInStack(
  resource: StackResource,
  stack: readonly StackResource[],
  session: Session,
): Finding[] {
  const published = stack.filter(({ type }) => LAYER_TYPES.includes(type));
  const layers = layersOf(resource.raw);
  if (layers.length === 0) return [];
  const { config } = session.ready(projectOf(resource.urn));
  return layers.flatMap((layer): Finding[] => {
    if (layer.kind === "absent") return [];
    if (layer.kind === "unknown") {
      const isOurs = published.some(({ urn }) => resource.dependencies["layers"]?.includes(urn));
      return isOurs
        ? []
        : [
            problem(
              "layer-not-trusted",
              "a layer that is not known yet is made of nothing that this program publishes",
            ),
          ];
    }
    const arn = layer.value;
    if (trustedLayerPattern(config.policy.trustedLayers, arn)) return [];
    const name = parseLayerArn(arn)?.name;
    // What is not of this program was judged with the function.
    if (name === undefined || !session.layers.has(name)) return [];
    const isSame = published.some(({ raw }) =>
      [raw["arn"], raw["layerVersionArn"]].some((own) => unwrap(own) === arn),
    );
    return isSame
      ? []
      : [problem("layer-not-trusted", `${arn} is another version of a layer that this program publishes`)];
  });
}
