import {
  type DigestSet,
  FnsealError,
  judgeLoneBundle,
  loadTrustPolicy,
  parseBundle,
  type TrustPolicy,
} from "@fnseal/core";
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
 * Whether a bundle counts for the function under a rule of the trust policy: as a signature of the code that it names, or as an
 * attestation that the policy asks for. Returns what it names.
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
  const policy = readPolicy(inputs.trustPolicy);
  // What the function will run with is compared where it is known: by the policy pack and by the runtime verifier.
  const sealed = bundle.statement.code?.configuration;
  const target = { kind: "function", name: inputs.functionName, region: inputs.region } as const;
  const candidate = { where: "the bundle", bytes };
  const subjects = bundle.statement.subjects.map(({ digests }) => digests);
  for (const digests of subjects) {
    const verdict = await judgeLoneBundle({ candidate, digests, target, sealed }, policy.rules, policy);
    if (verdict.status !== "accepted") {
      // Pulumi shows an error's message and nothing else of it.
      const message = `[${verdict.code}] ${inputs.functionName}: ${verdict.reason}`;
      throw new FnsealError(verdict.code, message);
    }
  }
  return subjects;
}
