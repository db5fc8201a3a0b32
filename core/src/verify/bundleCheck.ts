import {
  isSignedBy,
  type ParsedBundle,
  parseBundle,
  type ReadBytes,
  type SignedBytes,
  verifyEvidence,
} from "../bundle/index.ts";
import type { Code } from "../codes/index.ts";
import type { Artifact } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { toPublicKey } from "../keys/index.ts";
import type { Candidate } from "../store/types.ts";
import type { Authority, Rule, Target, TrustPolicy } from "../trust/index.ts";
import { findSigner, type Signer } from "./signer.ts";
import { authorityRevocations, signerProblem } from "./signerRules.ts";
import { statementProblem } from "./statementRules.ts";
import { subjectProblem } from "./subject.ts";
import { type SignedTime, timeProblem } from "./time.ts";
import type { BundleFinding } from "./verdict.ts";

/** A bundle that counts. */
export interface Accepted {
  readonly authorities: readonly Authority[];
  readonly signer: string;
  readonly expires: Date | undefined;
  /** Accepted though expired, because the rule only wants to be told. */
  readonly hasExpired: boolean;
}

/** What one bundle came to under one rule. */
export type Check = { readonly finding: BundleFinding; readonly accepted?: Accepted };

/** Everything that checking a bundle needs beside the bundle. */
export interface CheckContext {
  readonly policy: TrustPolicy;
  readonly target: Target;
  readonly artifact: Artifact;
  readonly readFile: ReadBytes | undefined;
  readonly now: Date;
  /** Remembers who signed a bundle: the costly part, which depends on the bundle and the bytes alone. */
  readonly signers: Map<string, Promise<Signer>>;
}

/** Checks one bundle against one rule. Never throws for bad evidence. */
export async function checkBundle(candidate: Candidate, rule: Rule, context: CheckContext): Promise<Check> {
  const { where } = candidate;
  let signerId: string | undefined;
  let authority: string | undefined;
  const refused = (code: Code, message: string): Check => ({
    finding: { where, code, message, ...(authority && { authority }), ...(signerId && { signer: signerId }) },
  });
  try {
    if ("error" in candidate) throw candidate.error;
    const bundle = parseBundle(candidate.bytes);
    const mismatch = subjectProblem(bundle, context.artifact);
    if (mismatch) return refused(mismatch.code, mismatch.message);

    const file = { sha256: context.artifact.digests.sha256, read: context.readFile };
    const signer = await rememberedSigner(bundle, file, context);
    signerId = signer.id;
    const authorities = signer.kind === "nobody" ? [] : signer.authorities;
    authority = authorities[0]?.name;
    const untrusted = signerProblem(signer, rule, context.policy);
    if (untrusted) return refused(untrusted.code, untrusted.message);

    const time = await verifyRequired(bundle, signer, rule, file, context);
    const unaccepted = statementProblem(bundle, rule, context.target);
    if (unaccepted) return refused(unaccepted.code, unaccepted.message);
    const late = timeProblem(time, rule, authorityRevocations(authorities, context.policy), context.now);
    if (late) return refused(late.code, late.message);

    const expires = bundle.kind === "dsse" && bundle.statement.code?.expires;
    const expiry = expires ? new Date(expires) : undefined;
    const hasExpired = expiry !== undefined && context.now >= expiry;
    if (hasExpired && rule.onExpired === "reject") {
      return refused("expired", `the signature expired at ${expiry.toISOString()}`);
    }
    return {
      finding: { where, code: "accepted", message: "accepted", ...(authority && { authority }), signer: signer.id },
      accepted: { authorities, signer: signer.id, expires: expiry, hasExpired },
    };
  } catch (thrown) {
    if (thrown instanceof FnsealError) return refused(thrown.code, thrown.message);
    return refused("internal-error", "the bundle could not be checked");
  }
}

function rememberedSigner(bundle: ParsedBundle, file: SignedBytes, context: CheckContext): Promise<Signer> {
  const key = bundle.kind === "dsse" ? bundle.id : `${bundle.id} ${file.sha256 ?? ""}`;
  let signer = context.signers.get(key);
  if (!signer) {
    signer = findSigner(bundle, context.policy, file);
    // A preview judges thousands of functions in one process: forget all rather than grow without end.
    if (context.signers.size >= 10_000) context.signers.clear();
    context.signers.set(key, signer);
  }
  return signer;
}

/** Verifies the certificate, the log and the timestamps as far as the rule needs them. */
async function verifyRequired(
  bundle: ParsedBundle,
  signer: Signer,
  rule: Rule,
  file: SignedBytes,
  context: CheckContext,
): Promise<SignedTime> {
  const { policy } = context;
  const signedAt = bundle.kind === "dsse" ? bundle.statement.code?.signedAt : undefined;
  const claimed = signedAt ? [new Date(signedAt)] : [];
  if (signer.kind === "nobody") return { verified: [], notAfter: claimed };
  const isKeyless = signer.kind === "certificate";
  const required = {
    transparencyLog: (rule.transparencyLog ?? (isKeyless ? "required" : "optional")) === "required",
    // A keyless certificate lives for minutes: without a verified time it proves nothing, whatever the rule says.
    timestamp: isKeyless || rule.timestamp === "required",
  };
  const needsTime = rule.maximumAge !== undefined || authorityRevocations(signer.authorities, policy).length > 0;
  if (!isKeyless && !required.transparencyLog && !required.timestamp && !(needsTime && hasTimes(bundle))) {
    return { verified: [], notAfter: claimed };
  }
  if (!policy.trustedRoot) throw new FnsealError("trusted-root-invalid", "the trust policy has no trusted root");
  const key = isKeyless ? signer.certificate : signer.key;
  const evidence = verifyEvidence(bundle, key, policy.trustedRoot, file, required);
  if (!isKeyless) return { verified: evidence.times, notAfter: claimed };
  if (bundle.kind === "message" && !(await isSignedBy(bundle, toPublicKey(evidence.key, "the certificate"), file))) {
    throw new FnsealError("signature-invalid", "the certificate's key did not make the signature over this file");
  }
  return { verified: evidence.times, notAfter: [...claimed, signer.certificate.notBefore] };
}

function hasTimes(bundle: ParsedBundle): boolean {
  const { tlogEntries, timestampVerificationData } = bundle.sigstore.verificationMaterial;
  return tlogEntries.length > 0 || (timestampVerificationData?.rfc3161Timestamps.length ?? 0) > 0;
}

