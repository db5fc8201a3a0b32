// certificate.ts and evidence.ts are loaded where a bundle needs them: most are signed with a key and have neither
// certificate nor log entry, and loading Sigstore's part takes longer than verifying one.
export type { CertificateIdentity } from "./certificate.ts";
export {
  fileVerifier,
  type IsSignedBy,
  type ReadBytes,
  type SignedBytes,
  statementVerifier,
} from "./content.ts";
export type { EvidenceRequirements, VerifiedEvidence, VerifyEvidence } from "./evidence.ts";
export { MAXIMUM_BUNDLE_BYTES } from "./limits.ts";
export { parseBundle, type ParsedBundle } from "./parse.ts";
export { type RemoteKey, signStatement } from "./sign.ts";
