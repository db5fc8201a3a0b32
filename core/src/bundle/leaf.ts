import type { Bundle } from "@sigstore/bundle";

/** The bytes of the certificate that signed; `undefined` where a key did. */
export function leafBytes({ verificationMaterial: { content } }: Bundle): Buffer | undefined {
  switch (content.$case) {
    case "publicKey":
      return undefined;
    case "certificate":
      return content.certificate.rawBytes;
    case "x509CertificateChain":
      return content.x509CertificateChain.certificates[0]?.rawBytes ?? Buffer.alloc(0);
  }
}
