import type { VersionFacts } from "../model/facts.ts";
import { canonical } from "../canonical.ts";

/** Versions that run the same code with the same configuration. */
export interface Variant {
  readonly versions: readonly string[];
  readonly isReachable: boolean;
  /** Any one of them. */
  readonly facts: VersionFacts;
}

/** Adds a version to the variant that it belongs to. */
export function withVersion(
  variants: readonly Variant[],
  version: VersionFacts,
  isReachable: boolean,
): readonly Variant[] {
  const text = textOf(version);
  const index = variants.findIndex(({ facts }) => textOf(facts) === text);
  const known = variants[index];
  if (!known) return [...variants, { versions: [version.version], isReachable, facts: version }];
  const versions = [...known.versions, version.version];
  return variants.with(index, { ...known, versions, isReachable: known.isReachable || isReachable });
}

/** Values of environment variables are in it: it goes nowhere. */
function textOf({ configuration, layers }: VersionFacts): string {
  return canonical([configuration, layers.map(({ arn }) => arn)]);
}
