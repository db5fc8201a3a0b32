import type { CertificateIdentity } from "../bundle/certificate.ts";
import { leafBytes } from "../bundle/leaf.ts";
import type { ParsedBundle } from "../bundle/parse.ts";
import { type QuickCertificate, readCertificate } from "../bundle/quick/certificate.ts";
import { NotUsual } from "../bundle/quick/der.ts";
import { readIdentity } from "../bundle/quick/identity.ts";
import { FnsealError } from "../errors.ts";
import { type PublicKey, readSpki } from "../keys/publicKey.ts";

/** A bundle's certificate after it was read, with nothing verified. */
export interface SigningCertificate {
  readonly identity: CertificateIdentity;
  readonly key: PublicKey;
  readonly notBefore: Date;
  /** What the quick verification goes on with; `undefined` where the certificate is not as usual. */
  readonly quick: QuickCertificate | undefined;
}

/**
 * Reads the certificate that signed. Usual ones are read at once, others by Sigstore's library.
 *
 * @throws FnsealError `certificate-invalid`, `bundle-malformed`
 */
export async function readSigningCertificate({ sigstore }: ParsedBundle): Promise<SigningCertificate> {
  const usual = readUsual(leafBytes(sigstore) ?? Buffer.alloc(0));
  if (usual) return usual;
  const { identityOf, leafCertificate } = await import("../bundle/certificate.ts");
  const certificate = leafCertificate(sigstore);
  try {
    return {
      key: certificateKey(certificate.publicKey),
      identity: identityOf(certificate),
      notBefore: certificate.notBefore,
      quick: undefined,
    };
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    throw new FnsealError("bundle-malformed", "the bundle's certificate cannot be read", { cause: thrown });
  }
}

function readUsual(der: Buffer): SigningCertificate | undefined {
  try {
    const quick = readCertificate(der);
    const { spki, notBefore } = quick;
    return { identity: readIdentity(quick), key: certificateKey(spki), notBefore, quick };
  } catch (thrown) {
    if (thrown instanceof NotUsual || thrown instanceof FnsealError) return undefined;
    throw thrown;
  }
}

function certificateKey(spki: Buffer): PublicKey {
  try {
    return readSpki(spki, "the certificate's key");
  } catch (thrown) {
    if (thrown instanceof FnsealError && thrown.code !== "key-not-a-key") throw thrown;
    throw new FnsealError("certificate-invalid", "the certificate's key cannot be used", { cause: thrown });
  }
}
