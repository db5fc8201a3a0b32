import { X509Certificate } from "@sigstore/core";
import type { Bundle } from "@sigstore/bundle";
import { FnsealError } from "../errors.ts";
import { CLAIMS, FULCIO_ARC } from "./claims.ts";
import { leafBytes } from "./leaf.ts";

/** Who a Fulcio certificate says has signed. Text is exact: what is not plain UTF-8 is refused, never folded. */
export interface CertificateIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Fulcio's extensions by name, as the trust policy names them. */
  readonly claims: Readonly<Record<string, string>>;
}

/** RFC 5280, 4.2.1.6. */
const SUBJECT_ALT_NAME = "2.5.29.17";
const ISSUER_V1 = `${FULCIO_ARC}1`;
const ISSUER_V2 = `${FULCIO_ARC}8`;

/**
 * The leaf certificate of a bundle.
 *
 * @throws FnsealError `bundle-malformed`
 */
export function leafCertificate(bundle: Bundle): X509Certificate {
  const der = leafBytes(bundle);
  if (!der) throw new FnsealError("bundle-malformed", "the bundle names a key instead of a certificate");
  try {
    return X509Certificate.parse(Buffer.from(der));
  } catch (cause) {
    throw new FnsealError("bundle-malformed", "the bundle's certificate cannot be read", { cause });
  }
}

/**
 * Reads the identity from a certificate. `@sigstore/verify` reads it as ASCII, dropping each byte's highest bit,
 * so that two different names could look alike; here the bytes decide.
 *
 * @throws FnsealError `certificate-invalid` without exactly one subject or without an issuer
 */
export function identityOf(certificate: X509Certificate): CertificateIdentity {
  const names = certificate.extension(SUBJECT_ALT_NAME)?.valueObj.subs[0]?.subs ?? [];
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    throw new FnsealError(
      "certificate-invalid",
      `the certificate has ${names.length} subject names instead of one`,
    );
  }
  // otherName (machine identities of some issuers) is a structure, and is read as its inner string.
  const subject = text(
    name.tag.isContextSpecific(0x00) ? (name.subs[1]?.subs[0]?.value ?? name.value) : name.value,
  );
  const issuer = extension(certificate, ISSUER_V2, true) ?? extension(certificate, ISSUER_V1, false);
  if (issuer === undefined) throw new FnsealError("certificate-invalid", "the certificate names no issuer");
  const claims: Record<string, string> = {};
  for (const [number, claim] of Object.entries(CLAIMS)) {
    const value = extension(certificate, `${FULCIO_ARC}${number}`, true);
    if (value !== undefined) claims[claim] = value;
  }
  return { issuer, subject, claims };
}

function extension(certificate: X509Certificate, oid: string, isDer: boolean): string | undefined {
  const found = certificate.extension(oid);
  if (!found) return undefined;
  return text(isDer ? (found.valueObj.subs[0]?.value ?? found.value) : found.value);
}

function text(bytes: Buffer): string {
  try {
    // A byte order mark at the beginning would be dropped by default: another name that reads like the wanted one.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FnsealError("certificate-invalid", "the certificate's identity is not UTF-8 text", { cause });
  }
}
