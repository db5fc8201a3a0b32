import { join } from "node:path";
import { type Selection, USUAL_EXCLUSIONS, USUAL_SELECTION } from "../digest/selection/exclusions.ts";
import { FnsealError } from "../errors.ts";
import type { BundleStore, Candidate, Found } from "../store/types.ts";
import { isInScope, type Target } from "../trust/match.ts";
import type { TrustPolicy } from "../trust/types.ts";
import type { Judge } from "../verify/judge.ts";
import { passes, type Verdict } from "../verify/verdict.ts";
import { describeDifferences, type Difference } from "./differences.ts";
import { checkDependencies, checkInstallation, readProgram, type ReadProgram } from "./readProgram.ts";
import { programIn, signedStateOf } from "./signedState.ts";

/** Beside what its bundle lies: `program.sigstore.json` in the program's folder. */
export const PROGRAM_NAME = "program";

/** Everything that judging a program needs beside its folder. */
export interface ProgramJudging {
  /** Its kind is `program`. */
  readonly target: Target;
  readonly policy: TrustPolicy;
  readonly judge: Judge;
  readonly store: BundleStore;
}

export interface JudgedProgram {
  readonly verdict: Verdict;
  /** How the files differ from what somebody who is trusted has signed, as far as that is known. */
  readonly differences: readonly Difference[];
  /** What was compared with what is installed; lock files by name. */
  readonly comparedLocks: readonly string[];
}

/** Selections that are tried for one program. Each reads all files. */
const MOST_SELECTIONS = 5;

/**
 * Judges the program in a project's folder: whether its files are what was signed for this project and stack, its
 * dependencies are pinned, and what is installed agrees. What cannot be read is a verdict too.
 *
 * All files count but those that nobody's signature covers. Only where that does not pass, the files that a signature
 * names as left out are left out, and then the rule has to let it.
 */
export async function judgeProgram(folder: string, judging: ProgramJudging): Promise<JudgedProgram> {
  const usual = await judgeFiles(folder, USUAL_SELECTION, judging);
  let best = usual;
  let tried = 1;
  for (const selection of passes(usual.verdict) ? [] : otherSelections(usual.found, judging)) {
    if (tried++ >= MOST_SELECTIONS) break;
    const other = await judgeFiles(folder, selection, judging);
    if (isMoreTelling(other.verdict, best.verdict)) best = other;
    if (passes(other.verdict)) break;
  }
  const { verdict, program } = best;
  if (verdict.status === "verified" && program) return judgeDependencies(program, verdict, judging);
  if (verdict.status !== "rejected" || !OTHER_FILES.has(verdict.code)) return plain(verdict);
  const signed = await signedStateOf(folder, best.found.candidates, judging);
  if (!signed) return plain(verdict);
  const what = describeDifferences(signed.differences).join("; ");
  const count = signed.differences.length;
  const files = count === 1 ? "1 file is not as" : `${count} files are not as`;
  const reason = `${files} ${signed.signer} signed ${count === 1 ? "it" : "them"}: ${what}`;
  return {
    verdict: { ...verdict, code: "program-changed", reason },
    differences: signed.differences,
    comparedLocks: [],
  };
}

const OTHER_FILES: ReadonlySet<string> = new Set(["bundle-other-artifact", "bundle-not-found"]);

interface Judged {
  readonly verdict: Verdict;
  readonly program: ReadProgram | undefined;
  readonly found: Found;
}

async function judgeFiles(folder: string, selection: Selection, judging: ProgramJudging): Promise<Judged> {
  const { target, judge, store } = judging;
  try {
    const program = await readProgram(folder, selection);
    const { artifact } = program;
    const found = await store.find({ paths: [join(folder, PROGRAM_NAME)], digests: artifact.digests });
    return { verdict: await judge.judge({ target, artifact, found }), program, found };
  } catch (thrown) {
    if (!(thrown instanceof FnsealError)) throw thrown;
    const found = { candidates: [], searched: [] };
    return { verdict: await judge.judge({ target, artifact: thrown, found }), program: undefined, found };
  }
}

async function judgeDependencies(
  program: ReadProgram,
  verdict: Verdict,
  { target, judge }: ProgramJudging,
): Promise<JudgedProgram> {
  try {
    const comparedLocks = checkInstallation(program, checkDependencies(program));
    return { verdict, differences: [], comparedLocks };
  } catch (thrown) {
    if (!(thrown instanceof FnsealError)) throw thrown;
    // Judged like code that cannot be read, so that an exception of the trust policy counts here too.
    return plain(await judge.judge({ target, artifact: thrown, found: { candidates: [], searched: [] } }));
  }
}

function plain(verdict: Verdict): JudgedProgram {
  return { verdict, differences: [], comparedLocks: [] };
}

/** What a rule lets be left out, for bundles that are found by digest only; then what bundles say they left out. */
function otherSelections({ candidates }: Found, { policy, target }: ProgramJudging): Selection[] {
  const byRules = policy.rules
    .filter(({ scope, allowedExclusions }) => allowedExclusions && isInScope(scope, target) !== false)
    .map(({ allowedExclusions = [] }) => ({
      include: [],
      exclude: [...USUAL_EXCLUSIONS, ...allowedExclusions],
    }));
  const byBundles = candidates.flatMap((candidate) => selectionIn(candidate) ?? []);
  const distinct = new Map(
    [...byBundles, ...byRules].map((selection) => [JSON.stringify(sorted(selection)), selection]),
  );
  distinct.delete(JSON.stringify(sorted(USUAL_SELECTION)));
  return [...distinct.values()];
}

function sorted({ include, exclude }: Selection): Selection {
  return { include: [...include].sort(), exclude: [...exclude].sort() };
}

/** Nobody's word is believed: it only says what to try. */
function selectionIn(candidate: Candidate): Selection | undefined {
  const program = programIn(candidate)?.program;
  // What nobody's signature covers is left out, whatever a bundle says.
  return (
    program && { include: program.include, exclude: [...new Set([...USUAL_EXCLUSIONS, ...program.exclude])] }
  );
}

/** Whether a verdict says more than another: that some bundle is about these very files. */
function isMoreTelling(verdict: Verdict, than: Verdict): boolean {
  if (passes(verdict)) return true;
  return (
    "code" in than && OTHER_FILES.has(than.code) && !("code" in verdict && OTHER_FILES.has(verdict.code))
  );
}
