import type { AliasFacts, VersionFacts } from "../model/facts.ts";

/** What an unqualified name invokes on managed instances, in place of `$LATEST`. */
const LATEST_PUBLISHED = "$LATEST.PUBLISHED";

/**
 * The versions that something invokes without a caller naming their number: `$LATEST`, what an alias routes to, and
 * what provisioned concurrency or an event source mapping names.
 *
 * @param qualifiers version numbers and aliases; `undefined` is `$LATEST`
 */
export function reachableVersions(
  versions: readonly VersionFacts[],
  aliases: readonly AliasFacts[],
  qualifiers: readonly (string | undefined)[],
): ReadonlySet<string> {
  const published = new Set(versions.map(({ version }) => version));
  const named = [LATEST_PUBLISHED, ...aliases.flatMap(({ versions: routed }) => routed), ...qualifiers];
  // The name of an alias is no version; those that it routes to are in already.
  return new Set(
    ["$LATEST", ...named.filter((name) => name !== undefined && published.has(name))].map(String),
  );
}
