import { isDeepStrictEqual } from "node:util";
import { SECRET, SIGNATURE } from "../../wire.ts";
import type { Wire } from "../../wire.ts";

/** The engine's signature of a resource given as a value; see sdk/go/common/resource/sig. */
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** Maps whose every key counts; in other objects AWS fills in what the program left out. */
const OPEN_MAPS = new Set(["tags", "variables", "dimensions", "inputPaths", "metadata"]);

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value without secrets and nulls, a resource as its id; assets and archives stay as they travel. */
export function plainOf(value: Wire | undefined): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  if (value[SIGNATURE] === SECRET) return plainOf(value["value"]);
  if (value[SIGNATURE] === RESOURCE) return value["id"];
  const entries = Object.entries(value).map(([key, inner]) => [key, plainOf(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** The name of what a program gave by name or as the resource itself, which arrives as its id. */
export function nameOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A value of the SDK's as it travels to the engine. */
export function toWire(value: unknown): Wire | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Wire);
}

/** Whether what AWS has is what was asked for: it may say more, in another order or another spelling. */
export function covers(wanted: unknown, actual: unknown, key = ""): boolean {
  if (isDeepStrictEqual(wanted, actual) || isEmpty(wanted, actual)) return true;
  if (Array.isArray(wanted) && Array.isArray(actual)) {
    if (wanted.length !== actual.length) return false;
    // Layers are applied in their order; all else in AWS is a set.
    if (key === "layers") return wanted.every((each, index) => covers(each, actual[index]));
    return wanted.every((each) => actual.some((other) => covers(each, other)));
  }
  if (isFields(wanted) && isFields(actual)) {
    if (wanted[SIGNATURE] !== undefined) return sameContent(wanted, actual);
    const keys = OPEN_MAPS.has(key)
      ? new Set([...Object.keys(wanted), ...Object.keys(actual)])
      : Object.keys(wanted);
    return [...keys].every((each) => covers(wanted[each], actual[each], each));
  }
  if (isFields(wanted) || isFields(actual)) return false;
  return String(wanted) === String(actual) || sameJson(wanted, actual);
}

/** Assets and archives: the engine keeps no path in its state, but a hash of what they hold. */
function sameContent(wanted: Fields, actual: Fields): boolean {
  const { [SIGNATURE]: kind, hash } = wanted;
  return actual[SIGNATURE] === kind && typeof hash === "string" && hash !== "" && actual["hash"] === hash;
}

/** Nothing, an empty map and an empty list are one to AWS. */
function isEmpty(left: unknown, right: unknown): boolean {
  const empty = (value: unknown): boolean =>
    value === undefined ||
    value === "" ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return empty(left) && empty(right);
}

/** Whether two inputs ask for the same: in other words of JSON, or from another path. */
export function isSame(left: unknown, right: unknown): boolean {
  const assets = isFields(left) && isFields(right) && left[SIGNATURE] !== undefined;
  return assets ? sameContent(left, right) : sameJson(left, right);
}

/** Policies and patterns: the same document in other words. */
function sameJson(left: unknown, right: unknown): boolean {
  const [a, b] = [document(left), document(right)];
  return a !== undefined && isDeepStrictEqual(a, b);
}

function document(value: unknown): object | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as object;
  } catch {
    return undefined;
  }
}

/** What AWS says, in the program's own words where they mean the same, and secret where they are. */
export function settle(own: Wire | undefined, actual: unknown, key = ""): Wire | undefined {
  if (own === undefined) return toWire(actual);
  const secret = isFields(own) && own[SIGNATURE] === SECRET;
  if (!secret && isFields(own) && isFields(actual) && own[SIGNATURE] === undefined) {
    const keys = new Set([...Object.keys(own), ...Object.keys(actual)]);
    const pairs = [...keys].map((each) => [each, settle(own[each], actual[each], each)] as const);
    return Object.fromEntries(pairs.filter((pair): pair is [string, Wire] => pair[1] !== undefined));
  }
  if (covers(plainOf(own), actual, key)) return own;
  const wire = toWire(actual);
  return secret && wire !== undefined ? { [SIGNATURE]: SECRET, value: wire } : wire;
}
