import { isUnknown, property, type Property, unwrap } from "../engine/value.ts";
import type { WireObject } from "../engine/wireFormat.ts";

/** The layers that a function names, in order. */
export function layersOf(raw: WireObject): Property<string>[] {
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

/** Reads `arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION`; `undefined` where it is none. */
export function parseLayerArn(arn: string): { name: string; region: string; account: string } | undefined {
  const [scheme, , service, region, account, kind, name, version, more] = arn.split(":");
  if (scheme !== "arn" || service !== "lambda" || kind !== "layer" || more !== undefined) return undefined;
  return region && account && name && version ? { name, region, account } : undefined;
}
