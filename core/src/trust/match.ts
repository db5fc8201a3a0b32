import { matchesAny, matchesAnyProgram } from "../statement/glob.ts";
import type { Scope } from "./types.ts";

/** What the code will run as. `undefined` is not known (yet), which is never taken for a match. */
export interface Target {
  readonly kind: "function" | "layer" | "file" | "program";
  /** Of a file its path, of a program `PROJECT/STACK`, or `PROJECT` where the stack is not known. */
  readonly name: string | undefined;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * Whether a scope is about a target: `undefined` where that depends on something unknown.
 */
export function isInScope(scope: Scope, target: Target): boolean | undefined {
  const names = matchesName(scope, target);
  // Neither a file nor a program has a region, an account or tags: what asks for one is not about them.
  if (target.kind === "file" || target.kind === "program") {
    return scope.regions || scope.accounts || scope.tags ? false : names;
  }
  return every([
    names,
    isOneOf(scope.regions, target.region),
    isOneOf(scope.accounts, target.account),
    hasTags(scope.tags, target.tags),
  ]);
}

function matchesName(scope: Scope, { kind, name }: Target): boolean | undefined {
  switch (kind) {
    case "function":
      return matchesAny(scope.functions, name);
    case "layer":
      return matchesAny(scope.layers, name);
    case "file":
      return matchesAny(scope.files ?? [], name);
    case "program":
      return matchesAnyProgram(scope.programs ?? [], name);
  }
}

function every(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function isOneOf(allowed: readonly string[] | undefined, value: string | undefined): boolean | undefined {
  if (allowed === undefined) return true;
  return value === undefined ? undefined : allowed.includes(value);
}

function hasTags(
  wanted: Readonly<Record<string, string>> | undefined,
  tags: Readonly<Record<string, string>> | undefined,
): boolean | undefined {
  if (wanted === undefined) return true;
  if (tags === undefined) return undefined;
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
}

/** What AWS gives a layer version. Source: Lambda, GetLayerVersionByArn, Arn. */
const LAYER_VERSION = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$/;

/** The first pattern of `trustedLayers` that names a layer version's ARN. The account is compared exactly. */
export function trustedLayerPattern(patterns: readonly string[], arn: string): string | undefined {
  if (!LAYER_VERSION.test(arn)) return undefined;
  const parts = arn.split(":");
  return patterns.find((pattern) => {
    const wanted = pattern.split(":");
    // Part by part, so that no * reaches across a colon into the account.
    return (
      wanted.length === parts.length &&
      wanted.every((part, index) => matchesAny([part], parts[index]) === true)
    );
  });
}
