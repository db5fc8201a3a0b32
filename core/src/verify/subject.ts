import type { ParsedBundle } from "../bundle/index.ts";
import { type Artifact, DIGEST_ALGORITHMS, type DigestSet } from "../digest/types.ts";
import type { Problem } from "./problem.ts";

/** Digests that a signature may name: of an artifact with refusals only the exact bytes. */
export function matchableDigests(artifact: Artifact): DigestSet {
  if (artifact.refusals.length === 0) return artifact.digests;
  return artifact.digests.sha256 === undefined ? {} : { sha256: artifact.digests.sha256 };
}

/** The signed file is another one than the zip that is deployed. */
export const REPACKAGED: Problem = {
  code: "repackaged-file-match",
  message: "it signs this file's bytes, but Pulumi packs such a file anew",
};

/** Whether a bundle is about an artifact: a digest of the same kind is equal. */
export function subjectProblem(bundle: ParsedBundle, artifact: Artifact): Problem | undefined {
  const digests = matchableDigests(artifact);
  const subjects = subjectsOf(bundle, digests);
  const isSame = (subject: DigestSet, other: DigestSet): boolean =>
    DIGEST_ALGORITHMS.some(
      (algorithm) => subject[algorithm] !== undefined && subject[algorithm] === other[algorithm],
    );
  if (subjects.some((subject) => isSame(subject, digests))) return undefined;
  const index = artifact.indexSha256;
  if (index !== undefined && subjects.some((subject) => subject.sha256 === index)) return undefined;
  const raw = artifact.rawSha256;
  if (raw !== undefined && subjects.some((subject) => subject.sha256 === raw)) {
    return REPACKAGED;
  }
  const named = subjects.slice(0, 3).map(describeDigests).join("; ");
  return { code: "bundle-other-artifact", message: `it is for something else (${named})` };
}

/** What a bundle claims to be about. A message without a hint may be about any file: its signature says. */
function subjectsOf(bundle: ParsedBundle, digests: DigestSet): readonly DigestSet[] {
  if (bundle.kind === "dsse") return bundle.statement.subjects.map((subject) => subject.digests);
  const sha256 = bundle.digestHint ?? digests.sha256;
  return sha256 === undefined ? [] : [{ sha256 }];
}

/** Digests for a message, shortened. */
export function describeDigests(digests: DigestSet): string {
  const parts = DIGEST_ALGORITHMS.flatMap((algorithm) => {
    const value = digests[algorithm];
    return value === undefined ? [] : [`${algorithm} ${value.slice(0, 16)}…`];
  });
  return parts.join(", ") || "no known digest";
}
