import { createReadStream } from "node:fs";
import {
  asSealed,
  type AsSealed,
  type Candidate,
  createJudge,
  describeVerdict,
  digestPath,
  FnsealError,
  parseBundle,
  passes,
  readBundleFile,
  type SealedConfiguration,
  type Target,
} from "@fnseal/core";
import { readPolicy } from "../dynamic/verifyBundle.ts";

/** Code of a function and what is said to show who signed it. */
export interface SignedCode {
  /** A folder or a file, by its path. */
  readonly code: string;
  readonly bundles: readonly string[];
  /** A trust policy that names no files, as JSON. */
  readonly trustPolicy: string;
  readonly target: Target;
}

/**
 * Judges code with all of its bundles together: every signer and every attestation that the trust policy wants. What they
 * seal of the configuration is compared where that is known: by the policy pack and by the runtime verifier.
 *
 * @throws FnsealError with the verdict's code where it does not pass, and as `digestPath`
 */
export async function assertSigned({ code, bundles, trustPolicy, target }: SignedCode): Promise<void> {
  const artifact = await digestPath(code);
  const candidates = bundles.flatMap((path) => readBundleFile(path));
  const sealed = sealedBy(candidates);
  const { verifyMac, ...about }: Partial<AsSealed> = sealed ? asSealed(sealed) : {};
  const verdict = await createJudge(readPolicy(trustPolicy), undefined, { verifyMac }).judge({
    ...{ target, artifact, found: { candidates, searched: [...bundles] }, ...about },
    readFile: artifact.shape === "zip" ? () => createReadStream(code) : undefined,
  });
  if (passes(verdict)) return;
  throw new FnsealError(verdict.code, describeVerdict(verdict, { subject: code, mend: undefined }));
}

/** What the bundles seal together: all of it has to be so, whichever of them says it. */
function sealedBy(candidates: readonly Candidate[]): SealedConfiguration | undefined {
  const all = candidates.flatMap((candidate) => {
    const sealed = "bytes" in candidate ? configurationIn(candidate.bytes) : undefined;
    return sealed ? [sealed] : [];
  });
  return all.length === 0 ? undefined : all.reduce((known, more) => ({ ...known, ...more }));
}

/** One that cannot be read seals nothing; the judge says why it cannot. */
function configurationIn(bytes: Buffer): SealedConfiguration | undefined {
  try {
    const bundle = parseBundle(bytes);
    return bundle.kind === "dsse" ? bundle.statement.code?.configuration : undefined;
  } catch (thrown) {
    if (thrown instanceof FnsealError) return undefined;
    throw thrown;
  }
}
