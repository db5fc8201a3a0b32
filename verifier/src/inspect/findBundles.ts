import type { Artifact, BundleStore, Candidate, Found, TrustPolicy } from "@fnseal/core";

const NOTHING: Found = { candidates: [], searched: [] };

/**
 * The bundles that may be about code. A place of the store that can't be read may hold any number of them, while the
 * judge counts one for each candidate, so it stands as often as any rule asks for signatures: a missing permission is
 * undecided, and never looks like code that lacks some signature.
 *
 * @throws AwsFailure
 */
export async function findBundles(
  store: BundleStore,
  artifact: Artifact | Error,
  policy: TrustPolicy,
): Promise<Found> {
  if (artifact instanceof Error) return NOTHING;
  const found = await store.find({ paths: [], digests: artifact.digests });
  const most = Math.max(1, ...policy.rules.map(({ signedBy }) => signedBy.atLeast));
  const candidates = found.candidates.flatMap((candidate) =>
    isUnreachable(candidate) ? Array.from({ length: most }, () => candidate) : [candidate],
  );
  return { candidates, searched: found.searched };
}

function isUnreachable(candidate: Candidate): boolean {
  return "error" in candidate && candidate.error.code === "bundle-store-unreachable";
}
