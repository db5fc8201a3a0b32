import type { Authority, Revocation, Rule, TrustPolicy } from "../trust/index.ts";
import type { Problem } from "./problem.ts";
import type { Signer } from "./signer.ts";

/** Whether who signed is someone the rule wants, and is not revoked. */
export function signerProblem(signer: Signer, rule: Rule, policy: TrustPolicy): Problem | undefined {
  const revocation = policy.revocations.find((entry) => isRevoked(entry, signer));
  if (revocation)
    return { code: "signer-revoked", message: `signed by ${signer.id}, revoked: ${revocation.reason}` };
  if (signer.kind === "nobody") {
    return signer.claims
      ? {
          code: "signature-invalid",
          message: `names the key of ${signer.claims.name}, which did not make its signature`,
        }
      : {
          code: "signer-not-trusted",
          message: `signed by ${signer.id}, which no authority of the trust policy is`,
        };
  }
  if (signer.authorities.length === 0) {
    return {
      code: "signer-not-trusted",
      message: `signed by ${signer.id}, which no authority of the trust policy is`,
    };
  }
  const wanted = rule.signedBy.of.map(({ name }) => name);
  if (!signer.authorities.some(({ name }) => wanted.includes(name))) {
    const names = signer.authorities.map(({ name }) => name).join(", ");
    return {
      code: "signer-not-trusted",
      message: `signed by ${names}; ${rule.name} wants ${wanted.join(", ")}`,
    };
  }
  return undefined;
}

function isRevoked(revocation: Revocation, signer: Signer): boolean {
  switch (revocation.kind) {
    case "digest":
      return false;
    case "key":
      return signer.kind !== "certificate" && signer.id === revocation.fingerprint;
    case "identity":
      return (
        signer.kind === "certificate" &&
        signer.identity.issuer === revocation.issuer &&
        signer.identity.subject === revocation.subject
      );
    case "authority":
      return (
        revocation.signedBefore === undefined &&
        revocation.signedAfter === undefined &&
        signer.kind !== "nobody" &&
        signer.authorities.some(({ name }) => name === revocation.authority)
      );
  }
}

/** A revocation of an authority, for good or by the time of signing. */
export type AuthorityRevocation = Extract<Revocation, { kind: "authority" }>;

export function authorityRevocations(
  authorities: readonly Authority[],
  policy: TrustPolicy,
): AuthorityRevocation[] {
  return policy.revocations.filter(
    (entry): entry is AuthorityRevocation =>
      entry.kind === "authority" && authorities.some(({ name }) => name === entry.authority),
  );
}
