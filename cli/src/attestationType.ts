import { createHash } from "node:crypto";
import { usageError } from "./errors.ts";

/** cosign's names for predicate types. Source: sigstore/cosign, `cosign attest --help` and its options. */
export const ATTESTATION_TYPES: Readonly<Record<string, string>> = {
  slsaprovenance1: "https://slsa.dev/provenance/v1",
  slsaprovenance02: "https://slsa.dev/provenance/v0.2",
  vuln: "https://cosign.sigstore.dev/attestation/vuln/v1",
  spdxjson: "https://spdx.dev/Document",
  cyclonedx: "https://cyclonedx.org/bom",
  openvex: "https://openvex.dev/ns",
};

export interface AttestationType {
  readonly predicateType: string;
  /** In names of files. */
  readonly slug: string;
}

/** @throws FnsealError `usage-invalid` */
export function toAttestationType(written: string): AttestationType {
  if (Object.hasOwn(ATTESTATION_TYPES, written)) {
    return { predicateType: ATTESTATION_TYPES[written] ?? "", slug: written };
  }
  const names = Object.keys(ATTESTATION_TYPES).join(", ");
  if (!/^https?:\/\/[^\s/]+/.test(written) || !URL.canParse(written)) {
    throw usageError(`--type ${written}: must be one of ${names}, or the URI of a predicate type`);
  }
  const known = Object.entries(ATTESTATION_TYPES).find(([, uri]) => uri === written);
  const slug = known?.[0] ?? createHash("sha256").update(written).digest("hex").slice(0, 8);
  return { predicateType: written, slug };
}
