import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { childrenOf, type Der, expectTag, NotUsual, readDer, readDocument, TAG, timeOf } from "./der.ts";

/** A certificate (RFC 5280, 4.1) as far as it is looked at. Nothing is verified. */
export interface QuickCertificate {
  /** What its issuer signed, and the parts of that which surround the extensions. */
  readonly tbs: Der;
  readonly beforeExtensions: readonly Der[];
  readonly extensions: readonly QuickExtension[];
  readonly serialNumber: Buffer;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly hash: string;
  readonly signature: Buffer;
}

export interface QuickExtension {
  readonly oid: string;
  readonly der: Der;
  readonly value: Buffer;
}

/** Hashes of signature algorithms by their OIDs' content. Source: RFC 5758 (ECDSA), RFC 8017 (RSA, PKCS #1 v1.5). */
const HASHES: Readonly<Record<string, string>> = {
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
};

/** Extensions by their OIDs' content. */
export const EXTENSION = {
  subjectKeyId: "551d0e",
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  authorityKeyId: "551d23",
  /** RFC 6962, 3.3. */
  certificateTimestamps: "2b06010401d679020402",
} as const;

/** Reads a certificate of version 3. @throws NotUsual */
export function readCertificate(bytes: Buffer): QuickCertificate {
  const [tbsPart, algorithm, signature, ...rest] = childrenOf(readDocument(bytes, TAG.sequence));
  const tbs = expectTag(tbsPart, TAG.sequence);
  const parts = childrenOf(tbs);
  if (parts.length !== 8 || rest.length > 0) throw new NotUsual();
  const [version, serialNumber, , issuer, validity, subject, spki, extensions] = parts;
  expectTag(version, TAG.context0);
  const [notBefore, notAfter] = childrenOf(expectTag(validity, TAG.sequence));
  const [oid] = childrenOf(expectTag(algorithm, TAG.sequence));
  const hash = HASHES[expectTag(oid, TAG.oid).content.toString("hex")];
  const bits = expectTag(signature, TAG.bitString).content;
  if (hash === undefined || bits[0] !== 0 || !notBefore || !notAfter) throw new NotUsual();
  return {
    tbs,
    beforeExtensions: parts.slice(0, 7),
    extensions: readExtensions(expectTag(extensions, TAG.context3)),
    serialNumber: expectTag(serialNumber, TAG.integer).content,
    issuer: expectTag(issuer, TAG.sequence).content,
    subject: expectTag(subject, TAG.sequence).content,
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    spki: expectTag(spki, TAG.sequence).bytes,
    hash,
    signature: bits.subarray(1),
  };
}

function readExtensions(wrapper: Der): QuickExtension[] {
  const [list, ...rest] = childrenOf(wrapper);
  if (rest.length > 0) throw new NotUsual();
  const extensions = childrenOf(expectTag(list, TAG.sequence)).map((der): QuickExtension => {
    const parts = childrenOf(expectTag(der, TAG.sequence));
    const oid = expectTag(parts[0], TAG.oid).content.toString("hex");
    if (parts.length === 3) expectTag(parts[1], TAG.boolean);
    else if (parts.length !== 2) throw new NotUsual();
    return { oid, der, value: expectTag(parts.at(-1), TAG.octetString).content };
  });
  // Of two alike, two readers may take different ones.
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) throw new NotUsual();
  return extensions;
}

export function extensionOf({ extensions }: QuickCertificate, oid: string): Buffer | undefined {
  return extensions.find((extension) => extension.oid === oid)?.value;
}

/** Whether one certificate names another as its issuer, by name and, where both have them, by key identifiers. */
export function namesIssuer(certificate: QuickCertificate, issuer: QuickCertificate): boolean {
  if (!certificate.issuer.equals(issuer.subject)) return false;
  const wanted = authorityKeyId(certificate);
  const found = subjectKeyId(issuer);
  return wanted === undefined || found === undefined || wanted.equals(found);
}

export function isSignedBy({ hash, tbs, signature }: QuickCertificate, key: KeyObject): boolean {
  return verify(hash, tbs.bytes, key, signature);
}

export function keyOf({ spki }: QuickCertificate): KeyObject {
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}

export function isValidAt({ notBefore, notAfter }: QuickCertificate, time: Date): boolean {
  return notBefore <= time && time <= notAfter;
}

export function subjectKeyId(certificate: QuickCertificate): Buffer | undefined {
  const value = extensionOf(certificate, EXTENSION.subjectKeyId);
  return value && readDer(value, TAG.octetString).content;
}

/** RFC 5280, 4.2.1.1: the identifier is `[0]`, a primitive. */
function authorityKeyId(certificate: QuickCertificate): Buffer | undefined {
  const value = extensionOf(certificate, EXTENSION.authorityKeyId);
  return value && expectTag(childrenOf(readDer(value, TAG.sequence))[0], TAG.primitive0).content;
}

/** RFC 5280, 4.2.1.9 and 4.2.1.3: a certificate authority that may sign certificates. */
export function mayIssue(certificate: QuickCertificate, below: number): boolean {
  const constraints = extensionOf(certificate, EXTENSION.basicConstraints);
  const usage = extensionOf(certificate, EXTENSION.keyUsage);
  if (!constraints || !usage) return false;
  const [isAuthority, pathLength, ...rest] = childrenOf(readDer(constraints, TAG.sequence));
  if (isAuthority?.tag !== TAG.boolean || !isAuthority.content.equals(TRUE) || rest.length > 0) return false;
  if (pathLength) {
    const { content } = expectTag(pathLength, TAG.integer);
    const [length = 0] = content;
    if (content.length !== 1 || length > 0x7f || length < below) return false;
  }
  const [unused = 8, bits = 0] = readDer(usage, TAG.bitString).content;
  return unused <= 2 && (bits & 0x04) !== 0;
}

const TRUE = Buffer.from([0xff]);
