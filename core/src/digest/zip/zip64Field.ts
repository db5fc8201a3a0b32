import { quote } from "../text.ts";
import { IN_ZIP64_16, IN_ZIP64_32, refuse, u64 } from "./fields.ts";

/** The values that a zip64 field can take over from a header. A local header has only the sizes. */
export interface Wide {
  readonly size: number;
  readonly packed: number;
  readonly offset?: number;
  readonly disk?: number;
}

const ORDER = ["size", "packed", "offset", "disk"] as const;

/**
 * A header's values with those from its zip64 field: APPNOTE 4.5.3. Values that the header defers must be
 * there, in order, and nothing else. Some writers put all of them there always: then the ones that the
 * header has itself must be equal.
 * Throws `zip-zip64-mismatch`.
 */
export function resolveZip64<T extends Wide>(header: T, field: Buffer | undefined, name: string): T {
  const present = ORDER.filter((key) => header[key] !== undefined);
  const deferred = present.filter((key) => header[key] === (key === "disk" ? IN_ZIP64_16 : IN_ZIP64_32));
  if (field === undefined) {
    if (deferred.length > 0)
      refuse("zip-zip64-mismatch", `${quote(name)} lacks the zip64 field it points to`);
    return header;
  }
  const asDeferred = deferred.length > 0 && width(deferred) === field.length ? deferred : undefined;
  const keys = asDeferred ?? leading(present, field.length);
  if (keys === undefined || !deferred.every((key) => keys.includes(key))) {
    refuse("zip-zip64-mismatch", `the zip64 field of ${quote(name)} has ${field.length} bytes`);
  }
  const values: Partial<Record<(typeof ORDER)[number], number>> = {};
  let at = 0;
  for (const key of keys) {
    const value = key === "disk" ? field.readUInt32LE(at) : u64(field, at);
    if (!deferred.includes(key) && value !== header[key]) {
      refuse("zip-zip64-mismatch", `the zip64 field of ${quote(name)} contradicts its header`);
    }
    values[key] = value;
    at += key === "disk" ? 4 : 8;
  }
  return { ...header, ...values };
}

type Key = (typeof ORDER)[number];

function width(keys: readonly Key[]): number {
  return keys.reduce((sum, key) => sum + (key === "disk" ? 4 : 8), 0);
}

/** The first so many of `keys` that fill `length` bytes exactly. */
function leading(keys: readonly Key[], length: number): readonly Key[] | undefined {
  for (let count = 0; count <= keys.length; count += 1) {
    if (width(keys.slice(0, count)) === length) return keys.slice(0, count);
  }
  return undefined;
}
