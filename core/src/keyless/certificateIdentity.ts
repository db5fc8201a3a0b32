import type { Bundle } from "@sigstore/bundle";
import { type CertificateIdentity, identityOf, leafCertificate } from "../bundle/certificate.ts";

/**
 * Who a bundle's certificate names. Nothing is verified: for names of files and for messages.
 *
 * @throws FnsealError `bundle-malformed`, `certificate-invalid`
 */
export function certificateIdentity(bundle: Bundle): CertificateIdentity {
  return identityOf(leafCertificate(bundle));
}
