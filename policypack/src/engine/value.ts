import type { Archive, Asset } from "@fnseal/core";
import { isWhole } from "./wholeForms.ts";
import { ARCHIVE, ASSET, isWireObject, markOf, SECRET, type WireObject } from "./wireFormat.ts";

/** Stand-ins for values that are not known during preview. Source: @pulumi/policy, proxy.ts. */
const UNKNOWN = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A property: its value, or that it is unknown, or that it is not there. Secrets are unwrapped. */
export type Property<T> =
  { readonly kind: "known"; readonly value: T } | { readonly kind: "unknown" } | { readonly kind: "absent" };

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && UNKNOWN.has(value);
}

/** Unwraps secrets; policies see them in plain as well. */
export function unwrap(value: unknown): unknown {
  return markOf(value) === SECRET && isWireObject(value) ? unwrap(value["value"]) : value;
}

/** Reads a property of any type. An empty string counts as absent, as providers take it. */
export function property(object: WireObject, name: string): Property<unknown> {
  const value = Object.hasOwn(object, name) ? unwrap(object[name]) : undefined;
  if (value === undefined || value === null || value === "") return { kind: "absent" };
  return isUnknown(value) ? { kind: "unknown" } : { kind: "known", value };
}

/** Reads a text property; another type counts as absent. */
export function textProperty(object: WireObject, name: string): Property<string> {
  const found = property(object, name);
  if (found.kind !== "known") return found;
  return typeof found.value === "string" ? { kind: "known", value: found.value } : { kind: "absent" };
}

/** The value, or `undefined` where it is unknown or absent. */
export function known<T>(found: Property<T>): T | undefined {
  return found.kind === "known" ? found.value : undefined;
}

/** An archive as the engine described it, with the hash that it claims. */
export interface WireArchive {
  readonly archive: Archive | Asset;
  readonly hash: string | undefined;
  readonly hasUnknown: boolean;
  /** Whether the engine showed every entry: see {@link WholeForms}. */
  readonly isWhole: boolean;
  /** The ways in which it, or a part of it, is given at once: providers differ in which they take. */
  readonly contradiction: readonly string[] | undefined;
}

/** Reads an asset or archive; `undefined` for anything else. */
export function toArchive(value: unknown): WireArchive | undefined {
  const unwrapped = unwrap(value);
  const archive = toNode(unwrapped);
  if (!archive || !isWireObject(unwrapped)) return undefined;
  const hash = unwrapped["hash"];
  return {
    archive,
    hash: typeof hash === "string" && hash !== "" ? hash : undefined,
    hasUnknown: containsUnknown(unwrapped),
    isWhole: isWhole(unwrapped),
    contradiction: contradictionIn(unwrapped),
  };
}

function toNode(value: unknown): Archive | Asset | undefined {
  const unwrapped = unwrap(value);
  if (!isWireObject(unwrapped)) return undefined;
  const { path, text, uri, assets } = unwrapped;
  switch (markOf(unwrapped)) {
    case ASSET:
      if (isText(path)) return { kind: "file", path };
      if (isText(uri)) return { kind: "remote", uri };
      if (isText(text)) return { kind: "text", text };
      // The engine leaves an empty text out; its hash still tells it from an asset that is not known.
      return text === "" || unwrapped["hash"] === SHA256_OF_NOTHING ? { kind: "text", text: "" } : undefined;
    case ARCHIVE: {
      if (isText(path)) return { kind: "archive-file", path };
      if (isText(uri)) return { kind: "archive-remote", uri };
      if (!isWireObject(assets)) return undefined;
      const entries = new Map<string, Asset | Archive>();
      for (const [name, inner] of Object.entries(assets)) {
        const node = toNode(inner);
        if (node) entries.set(name, node);
        // A member that is not known yet makes the whole archive unknown, which `hasUnknown` says.
        else if (!containsUnknown(inner)) return undefined;
      }
      return { kind: "archive-assets", entries };
    }
    default:
      return undefined;
  }
}

function contradictionIn(value: unknown): readonly string[] | undefined {
  const unwrapped = unwrap(value);
  if (!isWireObject(unwrapped)) return undefined;
  const { path, text, uri, assets } = unwrapped;
  const given = Object.entries({ path, text, uri, assets }).filter(
    ([, way]) => isText(way) || isWireObject(way),
  );
  if (given.length > 1) return given.map(([name]) => name);
  if (!isWireObject(assets)) return undefined;
  return Object.values(assets)
    .map(contradictionIn)
    .find((found) => found !== undefined);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isWireObject(value) && Object.values(value).some(containsUnknown);
}
