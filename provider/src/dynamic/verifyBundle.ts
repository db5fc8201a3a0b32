import {
  type Artifact,
  createJudge,
  type DigestSet,
  FnsealError,
  loadTrustPolicy,
  parseBundle,
  passes,
} from "@fnseal/core";
import type { TrustPolicy } from "@fnseal/core";
import type { BundleInputs } from "./types.ts";

/** Reads a trust policy that was made ready for shipping: it names no files. */
export function readPolicy(text: string): TrustPolicy {
  return loadTrustPolicy(text, {
    where: "trustPolicy",
    readText: (path) => {
      throw new FnsealError("trust-policy-unreadable", `the file ${path} should have been put in`);
    },
  });
}

/**
 * Whether a bundle alone lets the code that it names run as the function. Returns what it names.
 *
 * @throws FnsealError with the verdict's code where it does not
 */
export async function verifyBundle(inputs: Omit<BundleInputs, "bucket">): Promise<readonly DigestSet[]> {
  const bytes = Buffer.from(inputs.bundle);
  const bundle = parseBundle(bytes);
  if (bundle.kind === "message") {
    const message =
      "the bundle is a signature over a file, and says nothing of functions: store it with `fnseal push`";
    throw new FnsealError("bundle-payload-unknown", message);
  }
  const judge = createJudge(readPolicy(inputs.trustPolicy));
  const target = { kind: "function", name: inputs.functionName, region: inputs.region } as const;
  const subjects = bundle.statement.subjects.map(({ digests }) => digests);
  for (const digests of subjects) {
    const artifact: Artifact = { shape: "zip", digests, refusals: [], files: 0, bytes: 0 };
    const found = { candidates: [{ where: "the bundle", bytes }], searched: [] };
    const verdict = await judge.judge({ target, artifact, found });
    if (!passes(verdict)) throw new FnsealError(verdict.code, `${inputs.functionName}: ${verdict.reason}`);
    // Passing for want of a rule, or by an exception, is nothing that the bundle did.
    if (verdict.status === "exempt") {
      throw new FnsealError(
        "no-rule-matches",
        `${inputs.functionName}: passes without the bundle, by an exception`,
      );
    }
  }
  return subjects;
}
