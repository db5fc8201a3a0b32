import { createHash } from "node:crypto";
import type { Rules } from "./definition.ts";
import type { WireMap } from "./wire.ts";

/** Where providers bridged from Terraform note what they filled in; the engine hides `__` keys from policies. */
const DEFAULTS = "__defaults";

export interface CheckInput {
  /** The resource's logical name. */
  name: string;
  seed: Uint8Array;
  olds: WireMap;
  news: WireMap;
  /** The region to set where the resource has none; undefined for providers that don't. */
  region: string | undefined;
}

/** The inputs with what the provider fills in: a name, kept from the last update, and the region. */
export function checkInputs(type: Rules, input: CheckInput): WireMap {
  const { news, olds } = input;
  const defaults: string[] = [];
  const inputs: WireMap = { ...news };
  const key = type.autoname;
  if (key !== undefined && inputs[key] === undefined) {
    inputs[key] = wasDefault(olds, key) ? (olds[key] ?? null) : madeUpName(type, input);
    defaults.push(key);
  }
  const plainKey = type.namedAfterResource;
  if (plainKey !== undefined && inputs[plainKey] === undefined) {
    inputs[plainKey] = input.name;
    defaults.push(plainKey);
  }
  // Not in `__defaults`: the real provider sets it before Check.
  if (input.region !== undefined) inputs["region"] ??= input.region;
  return { ...inputs, [DEFAULTS]: defaults };
}

/** The properties that the type needs and the inputs lack. */
export function missing(type: Rules, inputs: WireMap): string[] {
  return (type.required ?? []).filter((key) => inputs[key] === undefined);
}

/** Whether the provider itself filled in the property. */
export function wasDefault(olds: WireMap, key: string): boolean {
  const defaults = olds[DEFAULTS];
  return olds[key] !== undefined && Array.isArray(defaults) && defaults.includes(key);
}

function madeUpName(type: Rules, input: CheckInput): string {
  const [before, after] = type.nameAround?.(input.name, input.news) ?? [`${input.name}-`, ""];
  return `${before}${suffix(input)}${after}`;
}

function suffix(input: CheckInput): string {
  return createHash("sha256").update(input.seed).update(input.name).digest("hex").slice(0, 7);
}
