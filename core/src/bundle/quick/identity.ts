import type { CertificateIdentity } from "../certificate.ts";
import { CLAIM_OIDS, FULCIO_ISSUER } from "../claims.ts";
import { EXTENSION, extensionOf, type QuickCertificate } from "./certificate.ts";
import { childrenOf, NotUsual, readDer, TAG, textOf } from "./der.ts";

/** A GeneralName (RFC 5280, 4.2.1.6): an e-mail address or a URI. */
const EMAIL = 0x81;
const URI = 0x86;

/** Reads who a certificate says has signed, exactly as `identityOf` does. @throws NotUsual */
export function readIdentity(certificate: QuickCertificate): CertificateIdentity {
  const names = childrenOf(
    readDer(extensionOf(certificate, EXTENSION.subjectAltName) ?? EMPTY, TAG.sequence),
  );
  const [name, ...others] = names;
  if (others.length > 0 || (name?.tag !== EMAIL && name?.tag !== URI)) throw new NotUsual();
  const claims: Record<string, string> = {};
  for (const [oid, claim] of CLAIM_OIDS) {
    const value = utf8(certificate, oid);
    if (value !== undefined) claims[claim] = value;
  }
  const issuer = utf8(certificate, FULCIO_ISSUER);
  if (issuer === undefined) throw new NotUsual();
  return { issuer, subject: textOf(name.content), claims };
}

function utf8(certificate: QuickCertificate, oid: string): string | undefined {
  const value = extensionOf(certificate, oid);
  return value && textOf(readDer(value, TAG.utf8String).content);
}

const EMPTY = Buffer.alloc(0);
