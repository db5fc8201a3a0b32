import { parseBundle } from "../bundle/index.ts";
import { dirHash } from "../digest/dirHash.ts";
import { FnsealError } from "../errors.ts";
import type { ProgramPredicate } from "../statement/deployment.ts";
import type { Candidate } from "../store/types.ts";
import type { Artifact } from "../digest/types.ts";
import type { ProgramJudging } from "./judgeProgram.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { readProgram } from "./readProgram.ts";

/** What somebody signed in the past, and how far the present is from it. */
export interface SignedState {
  readonly signer: string;
  readonly differences: readonly Difference[];
}

/** Bundles that are looked at to say which files differ. */
const MOST_BUNDLES = 10;

/**
 * How a program's files differ from those of the bundle that comes closest. Only a bundle counts that would pass if the
 * files were those that it names: what anyone may write must not explain anything.
 */
export async function signedStateOf(
  folder: string,
  candidates: readonly Candidate[],
  { target, judge }: ProgramJudging,
): Promise<SignedState | undefined> {
  let closest: SignedState | undefined;
  for (const candidate of candidates.slice(0, MOST_BUNDLES)) {
    const signed = programIn(candidate);
    if (!signed?.files) continue;
    const { include, exclude } = signed.program;
    const artifact: Artifact = {
      shape: "program",
      digests: { dirHash: signed.dirHash },
      selection: { include, exclude },
      ...{ refusals: [], files: 0, bytes: 0 },
    };
    const verdict = await judge.judge({ target, artifact, found: { candidates: [candidate], searched: [] } });
    if (verdict.status !== "verified") continue;
    const [by] = verdict.bundles;
    const present = await readProgram(folder, { include, exclude }).catch(ignoreUnreadable);
    if (!present) continue;
    const differences = differencesOf(signed.files, folder, present.files);
    if (!closest || differences.length < closest.differences.length) {
      closest = { signer: by?.authority ?? by?.signer ?? "the signer", differences };
    }
  }
  return closest && closest.differences.length > 0 ? closest : undefined;
}

/** What a bundle says of a program, before anything of it is verified. */
export interface ClaimedProgram {
  readonly program: ProgramPredicate;
  readonly dirHash: string;
  /** Where they are those of the `dirHash`. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

export function programIn(candidate: Candidate): ClaimedProgram | undefined {
  if (!("bytes" in candidate)) return undefined;
  try {
    const bundle = parseBundle(candidate.bytes);
    if (bundle.kind !== "dsse") return undefined;
    const { program, subjects } = bundle.statement;
    const claimed = subjects[0]?.digests.dirHash;
    if (!program || claimed === undefined) return undefined;
    const files = Object.entries(program.files ?? {});
    const isSame = files.length > 0 && dirHash(files.map(([name, sha256]) => ({ name, sha256 }))) === claimed;
    return { program, dirHash: claimed, files: isSame ? new Map(files) : undefined };
  } catch (thrown) {
    // Why it does not count stands in the verdict already.
    if (thrown instanceof FnsealError) return undefined;
    throw thrown;
  }
}

function ignoreUnreadable(thrown: unknown): undefined {
  if (thrown instanceof FnsealError) return undefined;
  throw thrown;
}
