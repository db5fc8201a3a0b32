import { describeVerdict, FnsealError, passes, trustedLayerPattern } from "@fnseal/core";
import { isUnknown, known, property, type Property, textProperty, unwrap } from "../engine/value.ts";
import type { WireObject } from "../engine/wireFormat.ts";
import { type Finding, notice, problem } from "../rules/finding.ts";
import type { RuleContext, StackResource } from "../rules/rule.ts";
import { projectOf } from "../engine/urn.ts";
import type { Session } from "../session.ts";
import { LAYER_TYPES } from "./lambda.ts";

/** Layers that the program publishes, by name: each is judged as a resource of its own. */
export class PublishedLayers {
  readonly #names = new Set<string>();

  add({ raw }: RuleContext): void {
    const name = known(textProperty(raw, "layerName"));
    if (name !== undefined) this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }
}

/**
 * Judges the layers that a function names: each is published by this program, or trusted by its ARN. Which version
 * of a published one is meant shows only in the whole stack: {@link usedLayersInStack}.
 */
export async function judgeUsedLayers(context: RuleContext, session: Session): Promise<Finding[]> {
  const layers = layersOf(context.raw);
  if (layers.length === 0) return [];
  const { judge, config } = session.ready(projectOf(context.args.urn));
  const findings: Finding[] = [];
  for (const layer of layers) {
    if (layer.kind !== "known") continue;
    const arn = parseArn(layer.value);
    if (
      arn &&
      (session.layers.has(arn.name) || trustedLayerPattern(config.policy.trustedLayers, layer.value))
    )
      continue;
    const artifact = new FnsealError(
      "layer-not-trusted",
      `${layer.value} is not of this program and not in trustedLayers`,
    );
    const target = {
      kind: "layer" as const,
      name: arn?.name,
      region: arn?.region,
      account: arn?.account,
      tags: {},
    };
    const verdict = await judge.judge({ target, artifact, found: { candidates: [], searched: [] } });
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
    const name = parseArn(arn)?.name;
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

function layersOf(raw: WireObject): Property<string>[] {
  const found = property(raw, "layers");
  if (found.kind !== "known") return found.kind === "unknown" ? [{ kind: "unknown" }] : [];
  // A provider might take a single text for a list of one.
  if (!Array.isArray(found.value))
    return [{ kind: "known", value: typeof found.value === "string" ? found.value : "" }];
  return found.value.map((item: unknown): Property<string> => {
    const value = unwrap(item);
    if (isUnknown(value)) return { kind: "unknown" };
    return { kind: "known", value: typeof value === "string" ? value : "" };
  });
}

/** arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION */
function parseArn(arn: string): { name: string; region: string; account: string } | undefined {
  const [scheme, , service, region, account, kind, name, version] = arn.split(":");
  if (scheme !== "arn" || service !== "lambda" || kind !== "layer") return undefined;
  return region && account && name && version ? { name, region, account } : undefined;
}
