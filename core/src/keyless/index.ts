/** Signing without a key: an identity, a certificate for minutes, a log, a timestamp. Needs the network. */
export { type IdentityToken, readIdentityToken } from "./identityToken.ts";
export { certificateIdentity } from "./certificateIdentity.ts";
export type { CertificateIdentity } from "../bundle/index.ts";
export {
  PUBLIC_GOOD_MIRROR,
  readTrustCache,
  type TrustCache,
  type TrustRepository,
  type TrustTargets,
  updateTrust,
} from "./trustRepository.ts";
export { type KeylessOptions, signKeyless } from "./signKeyless.ts";
export {
  PUBLIC_GOOD_SERVICES,
  readSigningConfig,
  type SigningService,
  type SigningServices,
} from "./signingConfig.ts";
