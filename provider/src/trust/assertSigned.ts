import { createReadStream } from "node:fs";
import {
  createJudge,
  describeVerdict,
  digestPath,
  FnsealError,
  passes,
  readBundleFile,
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
 * Judges code with all of its bundles together: every signer and every attestation that the trust policy wants.
 *
 * @throws FnsealError with the verdict's code where it does not pass, and as `digestPath`
 */
export async function assertSigned({ code, bundles, trustPolicy, target }: SignedCode): Promise<void> {
  const artifact = await digestPath(code);
  const candidates = bundles.flatMap((path) => readBundleFile(path));
  const verdict = await createJudge(readPolicy(trustPolicy)).judge({
    ...{ target, artifact, found: { candidates, searched: [...bundles] } },
    readFile: artifact.shape === "zip" ? () => createReadStream(code) : undefined,
  });
  if (passes(verdict)) return;
  throw new FnsealError(verdict.code, describeVerdict(verdict, { subject: code, mend: undefined }));
}
