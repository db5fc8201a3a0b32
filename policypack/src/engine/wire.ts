/**
 * What the engine sends, before the policy SDK drops parts of it.
 *
 * The SDK's deserialiser drops the `hash` of assets and archives and ends the whole preview at a
 * `StringAsset("")`; the pack's whole configuration is kept from its policies. This module wraps the two
 * functions of the SDK through which both pass. It is the only place that depends on the SDK's insides, and
 * test/wire.test.ts fails when they change.
 */

import { WholeForms } from "./wholeForms.ts";
import { ASSET, isWireObject, markOf, type WireObject } from "./wireFormat.ts";

/** The part of `@pulumi/policy/deserialize` that is wrapped. */
export interface DeserializeModule {
  deserializeProperties: (struct: { toJavaScript(): unknown }, proxySecrets: boolean) => object;
}

/** The part of `@pulumi/pulumi/proto/analyzer_pb` that is wrapped. */
export interface AnalyzerProtoModule {
  ConfigureAnalyzerRequest: {
    prototype: { getPolicyconfigMap: (this: unknown, ...rest: unknown[]) => PolicyConfigMap };
  };
}

export interface PolicyConfigMap {
  forEach(visit: (message: PolicyConfigMessage, name: string) => void): void;
}

export interface PolicyConfigMessage {
  getEnforcementlevel(): number;
  getProperties(): { toJavaScript(): Record<string, unknown> } | undefined;
}

const WRAPPED = Symbol.for("fnseal.wrapped");
const RAW = new WeakMap<object, WireObject>();
const DECODED = new WeakMap<object, WireObject>();
const wholeForms = new WholeForms();

/** Wraps the deserialiser of one loaded copy of `@pulumi/policy`. Wrapping it again does nothing. */
export function wrapDeserializer(module: DeserializeModule): void {
  const original = module.deserializeProperties;
  if (WRAPPED in original) return;
  const wrapped: DeserializeModule["deserializeProperties"] = (struct, proxySecrets) => {
    // The SDK deserialises a resource anew for each policy, from the same message.
    const raw = DECODED.get(struct) ?? struct.toJavaScript();
    if (isWireObject(raw)) DECODED.set(struct, raw);
    const readable = hasEmptyText(raw) ? withoutEmptyTexts(raw) : raw;
    const props = original({ toJavaScript: () => readable }, proxySecrets);
    // The SDK keeps secrets apart for remediations, and for nothing else.
    if (isWireObject(raw) && proxySecrets) wholeForms.add(raw);
    else if (isWireObject(raw)) RAW.set(props, raw);
    return props;
  };
  module.deserializeProperties = Object.assign(wrapped, { [WRAPPED]: true });
}

/**
 * The wire form of a resource's properties, whole where it is known; `undefined` where they did not pass through a
 * wrapped deserialiser.
 *
 * @param props what the SDK gave to the policy: the proxy or its target
 */
export function rawProperties(props: object): WireObject | undefined {
  // The SDK's proxy answers this name with its target; a plain object has no such property.
  const target: unknown = Reflect.get(props, "__getSpecialProxyTarget");
  const raw = RAW.get(typeof target === "object" && target !== null ? target : props);
  return raw && (wholeForms.find(raw) ?? raw);
}

function hasEmptyText(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasEmptyText);
  if (!isWireObject(value)) return false;
  return isEmptyText(value) || Object.values(value).some(hasEmptyText);
}

function isEmptyText(value: WireObject): boolean {
  return markOf(value) === ASSET && !value["text"] && !value["path"] && !value["uri"];
}

/**
 * The engine leaves an empty text out, and the SDK takes an asset without path, text and uri for invalid. A space stands in
 * for it; fnseal's rules read the wire form, where it is still empty.
 */
function withoutEmptyTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyTexts);
  if (!isWireObject(value)) return value;
  if (isEmptyText(value)) return { ...value, text: " " };
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // Plain assignment to __proto__ would set the prototype, not a property.
    Object.defineProperty(copy, key, {
      value: withoutEmptyTexts(inner),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** One policy's configuration as the engine sent it. */
export interface PolicyConfig {
  readonly isDisabled: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Every policy's configuration by name, also of names that no policy has. */
export type PackConfig = ReadonlyMap<string, PolicyConfig>;

/** `EnforcementLevel.DISABLED` in analyzer.proto. */
const DISABLED = 2;

/** Tells what configuration the engine sends to the pack. Wrapping again does nothing. */
export function wrapConfigure(module: AnalyzerProtoModule, onConfigure: (config: PackConfig) => void): void {
  const { prototype } = module.ConfigureAnalyzerRequest;
  const original = prototype.getPolicyconfigMap;
  if (WRAPPED in original) return;
  const wrapped = function (this: unknown, ...rest: unknown[]): PolicyConfigMap {
    const map = original.apply(this, rest);
    const config = new Map<string, PolicyConfig>();
    map.forEach((message, name) => {
      const properties = message.getProperties()?.toJavaScript() ?? {};
      config.set(name, { isDisabled: message.getEnforcementlevel() === DISABLED, properties });
    });
    onConfigure(config);
    return map;
  };
  prototype.getPolicyconfigMap = Object.assign(wrapped, { [WRAPPED]: true });
}
