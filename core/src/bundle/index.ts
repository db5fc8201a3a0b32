export { identityOf, leafCertificate, type CertificateIdentity } from "./certificate.ts";
export {
  fileVerifier,
  type IsSignedBy,
  type ReadBytes,
  type SignedBytes,
  statementVerifier,
} from "./content.ts";
export { type EvidenceRequirements, type VerifiedEvidence, verifyEvidence } from "./evidence.ts";
export { MAXIMUM_BUNDLE_BYTES, parseBundle, type ParsedBundle } from "./parse.ts";
export { signStatement } from "./sign.ts";
