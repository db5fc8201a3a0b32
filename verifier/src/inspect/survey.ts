import { FnsealError } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { AliasFacts, FunctionFacts, MappingFacts, VersionFacts } from "../model/facts.ts";
import type { Reach } from "../model/inspection.ts";
import type { Functions } from "../ports.ts";
import { mapLimit } from "./parallel.ts";
import { reachableVersions } from "./reach.ts";
import type { LookOptions } from "./types.ts";

/** How a function can be invoked, and what it could run. */
export interface Survey {
  readonly reach: Reach;
  readonly aliases: readonly AliasFacts[];
  /** Without `$LATEST`. */
  readonly versions: readonly VersionFacts[];
  /** What could not be found out, so that nothing can be said about the whole: codes that are undecided. */
  readonly problems: readonly FnsealError[];
}

const AT_ONCE = 4;

/** What decides about the fingerprint, of a function without published versions: only `$LATEST` can be reached. */
export const UNPUBLISHED: Pick<Survey, "reach" | "aliases" | "versions"> = {
  reach: { versions: reachableVersions([], [], []), provisioned: [], mappings: [] },
  aliases: [],
  versions: [],
};

/**
 * Asks AWS how a function can be invoked. A function without published versions has no aliases worth asking for, and
 * nearly all are such.
 *
 * @throws AwsFailure where trying again may help, and `gone`
 */
export async function surveyOf(
  functions: Functions,
  facts: FunctionFacts,
  { saved = [] }: LookOptions = {},
): Promise<Survey> {
  const { place } = facts;
  const problems: FnsealError[] = [];
  const orProblem = async <T>(answer: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await answer;
    } catch (thrown) {
      if (!(thrown instanceof AwsFailure) || thrown.isPassing || thrown.kind === "gone") throw thrown;
      problems.push(new FnsealError("code-unreadable", thrown.message, { cause: thrown }));
      return [];
    }
  };
  const [versions, direct] = await Promise.all([
    orProblem(functions.versions(place)),
    orProblem(functions.mappings(place)),
  ]);
  const [aliases, provisioned] =
    versions.length === 0
      ? [[], []]
      : await Promise.all([orProblem(functions.aliases(place)), orProblem(functions.provisioned(place))]);
  // AWS doesn't say whether the mappings of a function include those of its aliases.
  const indirect = await mapLimit(aliases, AT_ONCE, ({ name }) => orProblem(functions.mappings(place, name)));
  const mappings = uniqueMappings([...direct, ...indirect.flat()]);
  const qualifiers = [...provisioned, ...saved, ...mappings].map(({ qualifier }) => qualifier);
  const reach = { versions: reachableVersions(versions, aliases, qualifiers), provisioned, mappings };
  return { reach, aliases, versions, problems };
}

function uniqueMappings(mappings: readonly MappingFacts[]): MappingFacts[] {
  return [...new Map(mappings.map((mapping) => [mapping.id, mapping])).values()];
}
