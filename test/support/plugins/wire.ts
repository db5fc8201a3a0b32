import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A property as it travels: secrets, assets and archives are objects with the signature key. */
export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };
export type WireMap = Record<string, Wire>;

/** The engine's key that tells a special value from a plain object; see sdk/go/common/resource/sig. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What stands for a string that is not known during a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One for each kind of value, as in sdk/go/common/resource/plugin/rpc.go. */
const UNKNOWN_VALUES = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isUnknown(value: Wire | undefined): boolean {
  return typeof value === "string" && UNKNOWN_VALUES.has(value);
}

/** The value inside a secret, or the value itself. */
export function plain(value: Wire | undefined): Wire | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return value[SIGNATURE] === SECRET ? value["value"] : value;
}

/** A known string, whether secret or not. */
export function text(value: Wire | undefined): string | undefined {
  const inner = plain(value);
  return typeof inner === "string" && !isUnknown(inner) ? inner : undefined;
}

/** The properties without those that the provider and the engine keep for themselves. */
export function withoutInternal(map: WireMap): WireMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith("__")));
}

export function fromStruct(message: Struct | undefined): WireMap {
  return message?.toJavaScript() ?? {};
}

export function toStruct(map: WireMap): Struct {
  return struct.Struct.fromJavaScript(map);
}
