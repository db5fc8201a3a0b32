import type { ReadBytes } from "../bundle/content.ts";
import type { VerifyEvidence } from "../bundle/evidence.ts";
import type { ParsedBundle } from "../bundle/parse.ts";
import { readPlainBundle } from "../bundle/plain.ts";
import type { Artifact } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import type { Candidate } from "../store/types.ts";
import type { TrustPolicy } from "../trust/index.ts";
import type { Problem } from "./problem.ts";
import { hasSha512, sha512Subjects } from "./sha512.ts";
import { findSigner, type Signer } from "./signer.ts";
import { REPACKAGED, subjectProblem } from "./subject.ts";

/** A candidate after everything that depends on the bundle and the bytes alone, and on no rule. */
export type OpenedBundle = { readonly where: string } & (
  | { readonly problem: Problem }
  | {
      readonly bundle: ParsedBundle;
      readonly signer: Signer;
      /** Verifies certificate, log entries and timestamps; loaded where the bundle has any, not verified before. */
      readonly verifyEvidence: VerifyEvidence | undefined;
    }
);

/** What opening a bundle needs beside the bundle. */
export interface OpenContext {
  readonly policy: TrustPolicy;
  readonly artifact: Artifact;
  readonly readFile: ReadBytes | undefined;
  /** Remembers who signed a bundle: the costly part, which depends on the bundle and the bytes alone. */
  readonly signers: Map<string, Signer>;
}

/** Reads a bundle, compares its subject and verifies its signature. Never throws for bad evidence. */
export function openBundle(candidate: Candidate, context: OpenContext): OpenedBundle | Promise<OpenedBundle> {
  const { where } = candidate;
  const refused = (thrown: unknown): OpenedBundle => ({ where, problem: toProblem(thrown) });
  try {
    if ("error" in candidate) throw candidate.error;
    const plain = readPlainBundle(candidate.bytes);
    const opened = plain ? openParsed(plain, where, context) : openAny(candidate.bytes, where, context);
    return opened instanceof Promise ? opened.catch(refused) : opened;
  } catch (thrown) {
    return refused(thrown);
  }
}

// Most runs see plain bundles only, and Sigstore's decoder takes longer to load than they take to verify; the schema
// longer still.
const loadReader = lazy(() => import("../bundle/usual.ts"));
const loadParser = lazy(() => import("../bundle/parse.ts"));
const loadEvidence = lazy(() => import("../bundle/evidence.ts"));

async function openAny(bytes: Buffer, where: string, context: OpenContext): Promise<OpenedBundle> {
  const { readUsualBundle } = await loadReader();
  const usual = readUsualBundle(bytes);
  return openParsed(usual ?? (await loadParser()).parseAnyBundle(bytes), where, context);
}

function openParsed(
  bundle: ParsedBundle,
  where: string,
  context: OpenContext,
): OpenedBundle | Promise<OpenedBundle> {
  const mismatch = subjectProblem(bundle, context.artifact);
  if (mismatch) return openBySha512(bundle, where, context, mismatch);
  return openMatching(bundle, where, context);
}

function openBySha512(
  bundle: ParsedBundle,
  where: string,
  context: OpenContext,
  problem: Problem,
): OpenedBundle | Promise<OpenedBundle> {
  const { artifact, readFile } = context;
  const wanted = sha512Subjects(bundle);
  const { sha256 = artifact.rawSha256 } = artifact.digests;
  if (wanted.length === 0 || !readFile || sha256 === undefined) return { where, problem };
  return hasSha512(wanted, sha256, readFile).then((isSame) => {
    if (!isSame) return { where, problem };
    return artifact.digests.sha256 === undefined
      ? { where, problem: REPACKAGED }
      : openMatching(bundle, where, context);
  });
}

function openMatching(
  bundle: ParsedBundle,
  where: string,
  context: OpenContext,
): OpenedBundle | Promise<OpenedBundle> {
  const signer = rememberedSigner(bundle, context);
  return signer instanceof Promise || hasEvidence(bundle)
    ? withEvidence(bundle, signer, where)
    : { where, bundle, signer, verifyEvidence: undefined };
}

async function withEvidence(
  bundle: ParsedBundle,
  signer: Signer | Promise<Signer>,
  where: string,
): Promise<OpenedBundle> {
  const found = await signer;
  const isVerified = found.kind === "certificate" && found.evidence !== undefined;
  const verifyEvidence =
    hasEvidence(bundle) && !isVerified ? (await loadEvidence()).verifyEvidence : undefined;
  return { where, bundle, signer: found, verifyEvidence };
}

function hasEvidence({ sigstore }: ParsedBundle): boolean {
  const { content, tlogEntries, timestampVerificationData } = sigstore.verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps.length ?? 0;
  return content.$case !== "publicKey" || tlogEntries.length > 0 || timestamps > 0;
}

/** What was thrown over one bundle, as a reason against that bundle. */
export function toProblem(thrown: unknown): Problem {
  return thrown instanceof FnsealError
    ? { code: thrown.code, message: thrown.message }
    : { code: "internal-error", message: "the bundle could not be checked" };
}

function rememberedSigner(bundle: ParsedBundle, context: OpenContext): Signer | Promise<Signer> {
  const { policy, artifact, readFile: read, signers } = context;
  const file = { sha256: artifact.digests.sha256, read };
  const key = bundle.kind === "dsse" ? bundle.id : `${bundle.id} ${file.sha256 ?? ""}`;
  const known = signers.get(key);
  if (known) return known;
  const remember = (signer: Signer): Signer => {
    // A preview judges thousands of functions in one process: forget all rather than grow without end.
    if (signers.size >= 10_000) signers.clear();
    signers.set(key, signer);
    return signer;
  };
  const signer = findSigner(bundle, policy, file);
  // Who signed a file that cannot be read is not known, which is no reason to think that nobody did.
  if (bundle.kind === "message" && !read) return signer;
  return signer instanceof Promise ? signer.then(remember) : remember(signer);
}
