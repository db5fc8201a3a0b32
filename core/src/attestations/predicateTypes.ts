/**
 * Predicate types by what they are about. Sources: slsa.dev/spec, in-toto/attestation spec/predicates (vulns, spdx,
 * cyclonedx), sigstore/cosign COSIGN_VULN_ATTESTATION_SPEC.md and its `attest --type` names.
 */
export const PREDICATE_TYPES = {
  provenance: ["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2"],
  vulnerabilityScan: [
    "https://in-toto.io/attestation/vulns/v0.1",
    "https://in-toto.io/attestation/vulns/v0.2",
    "https://cosign.sigstore.dev/attestation/vuln/v1",
  ],
  sbom: [
    "https://spdx.dev/Document",
    "https://spdx.dev/Document/v2.2",
    "https://spdx.dev/Document/v2.3",
    "https://spdx.dev/Document/v3.0",
    "https://cyclonedx.org/bom",
    "https://cyclonedx.org/bom/v1.4",
    "https://cyclonedx.org/bom/v1.5",
    "https://cyclonedx.org/bom/v1.6",
    "https://cyclonedx.org/bom/v1.7",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
