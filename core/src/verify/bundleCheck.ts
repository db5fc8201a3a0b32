import type { ContentContext } from "../attestations/check.ts";
import type { ParsedBundle } from "../bundle/index.ts";
import type { Artifact } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import type { Authority, Rule, TrustPolicy } from "../trust/index.ts";
import { type OpenedBundle, toProblem } from "./openBundle.ts";
import type { Problem } from "./problem.ts";
import type { Signer } from "./signer.ts";
import { authorityRevocations, signerProblem } from "./signerRules.ts";
import { sealProblem, type Seals, sealsValues } from "./sealRules.ts";
import { statementProblem, typeProblem } from "./statementRules.ts";
import { type SignedTime, timeProblem } from "./time.ts";
import type { BundleFinding } from "./verdict.ts";

/** A bundle that counts. */
export interface Accepted {
  readonly authorities: readonly Authority[];
  readonly signer: string;
  readonly expires: Date | undefined;
  /** Accepted though expired, because the rule only wants to be told. */
  readonly hasExpired: boolean;
  /** Whether it binds the values of the environment variables, which were found to be those. */
  readonly sealsValues: boolean;
}

/** What one bundle came to under one rule. */
export type Check = { readonly finding: BundleFinding; readonly accepted?: Accepted };

/** Everything that checking a bundle needs beside the bundle. */
export interface CheckContext extends ContentContext {
  readonly policy: TrustPolicy;
  readonly artifact: Artifact;
  readonly seals: Seals;
}

type Opened = Extract<OpenedBundle, { bundle: unknown }>;

/** Checks one bundle against one rule. Never throws for bad evidence. */
export function checkBundle(opened: OpenedBundle, rule: Rule, context: CheckContext): Check {
  const { where } = opened;
  if ("problem" in opened) return { finding: { where, ...opened.problem } };
  const { bundle, signer } = opened;
  const authorities = signer.kind === "nobody" ? [] : signer.authorities;
  const who = whoOf(authorities[0]?.name, signer);
  const expires = ownPredicate(bundle)?.expires;
  const expiry = expires === undefined ? undefined : new Date(expires);
  const hasExpired = expiry !== undefined && context.now.getTime() >= expiry.getTime();
  const problem = bundleProblem(opened, rule, context);
  if (problem) return { finding: { where, ...problem, ...who } };
  if (hasExpired && rule.onExpired === "reject") {
    const message = `the signature expired at ${expiry.toISOString()}`;
    return { finding: { where, code: "expired", message, ...who } };
  }
  return {
    finding: { where, code: "accepted", message: "accepted", ...who },
    accepted: {
      authorities,
      signer: signer.id,
      expires: expiry,
      hasExpired,
      sealsValues: sealsValues(bundle),
    },
  };
}

function whoOf(authority: string | undefined, { id }: Signer): Pick<BundleFinding, "authority" | "signer"> {
  return authority === undefined ? { signer: id } : { authority, signer: id };
}

/** What a statement of fnseal's own says, whatever it is about. */
function ownPredicate(bundle: ParsedBundle): { signedAt: string; expires?: string | undefined } | undefined {
  if (bundle.kind !== "dsse") return undefined;
  const { code, file, program } = bundle.statement;
  return code ?? file ?? program;
}

/** Everything but the end date, in the order in which it explains most. */
function bundleProblem(opened: Opened, rule: Rule, context: CheckContext): Problem | undefined {
  const { bundle, signer } = opened;
  const { policy, now } = context;
  // The code's own signature, or another attestation, is no attempt at this one: who made it explains nothing.
  const other = rule.attestation && typeProblem(bundle, rule);
  if (other) return other;
  const untrusted = signerProblem(signer, rule, policy);
  if (untrusted || signer.kind === "nobody") return untrusted;
  const revocations = authorityRevocations(signer.authorities, policy);
  try {
    const time = verifyRequired(opened, signer, rule, revocations.length > 0, context);
    return (
      statementProblem(bundle, rule, context) ??
      sealProblem(bundle, rule, context.target, context.seals) ??
      timeProblem(time, rule, revocations, now)
    );
  } catch (thrown) {
    return toProblem(thrown);
  }
}

/** Verifies the certificate, the log and the timestamps as far as the rule needs them. */
function verifyRequired(
  { bundle, verifyEvidence }: Opened,
  signer: Exclude<Signer, { kind: "nobody" }>,
  rule: Rule,
  isRevokedByTime: boolean,
  { policy, artifact }: CheckContext,
): SignedTime {
  const isKeyless = signer.kind === "certificate";
  const required = {
    transparencyLog: (rule.transparencyLog ?? (isKeyless ? "required" : "optional")) === "required",
    // A keyless certificate lives for minutes: without a verified time it proves nothing, whatever the rule says.
    timestamp: isKeyless || rule.timestamp === "required",
  };
  const needsTime = rule.maximumAge !== undefined || isRevokedByTime;
  const signedAt = needsTime ? ownPredicate(bundle)?.signedAt : undefined;
  const claimed = signedAt === undefined ? [] : [new Date(signedAt)];
  if (!isKeyless && !required.transparencyLog && !required.timestamp && !needsTime) {
    return { verified: [], notAfter: claimed };
  }
  const notAfter = isKeyless ? [...claimed, signer.notBefore] : claimed;
  const quick = isKeyless ? signer.evidence : undefined;
  if (quick && (quick.isLogged || !required.transparencyLog)) return { verified: quick.times, notAfter };
  if (!verifyEvidence) {
    if (required.transparencyLog)
      throw new FnsealError("log-entry-invalid", "it has no transparency log entry");
    if (required.timestamp) throw new FnsealError("timestamp-invalid", "it has no timestamp");
    return { verified: [], notAfter: claimed };
  }
  if (!policy.trustedRoot)
    throw new FnsealError("trusted-root-invalid", "the trust policy has no trusted root");
  const key = isKeyless ? undefined : signer.key;
  const { times } = verifyEvidence(bundle, key, policy.trustedRoot, artifact.digests.sha256, required);
  return { verified: times, notAfter };
}
