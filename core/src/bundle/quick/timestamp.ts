import { hash, verify } from "node:crypto";
import { childrenOf, type Der, expectTag, NotUsual, readDer, readDocument, TAG, timeOf } from "./der.ts";
import type { QuickAuthority, QuickRoot } from "./root.ts";

/** OIDs' content. Source: RFC 5652 (CMS), RFC 3161, RFC 5754 (SHA-2 in CMS), RFC 5758. */
const OID = {
  signedData: "2a864886f70d010702",
  timestampInfo: "2a864886f70d0109100104",
  messageDigest: "2a864886f70d010904",
} as const;

const HASHES: Readonly<Record<string, string>> = {
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
};

const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

/**
 * Verifies a timestamp response (RFC 3161, 2.4.2) over a signature, by an authority of the trusted root.
 *
 * @returns when it was stamped
 * @throws NotUsual
 */
export function verifyTimestamp(response: Buffer, signature: Buffer, root: QuickRoot): Date {
  const [status, token, ...rest] = childrenOf(readDocument(response, TAG.sequence));
  const [granted] = childrenOf(expectTag(status, TAG.sequence));
  if (rest.length > 0 || !isNumber(granted, 0)) throw new NotUsual();
  const [type, wrapper] = childrenOf(expectTag(token, TAG.sequence));
  if (oidOf(type) !== OID.signedData) throw new NotUsual();
  const parts = childrenOf(only(expectTag(wrapper, TAG.context0), TAG.sequence));
  const [contentType, content] = childrenOf(expectTag(parts[2], TAG.sequence));
  if (oidOf(contentType) !== OID.timestampInfo) throw new NotUsual();
  const info = readDer(only(expectTag(content, TAG.context0), TAG.octetString).content, TAG.sequence);
  const signer = childrenOf(only(expectTag(parts.at(-1), TAG.set), TAG.sequence));
  // Version, signer, digest algorithm, signed attributes, signature algorithm, signature.
  if (signer.length !== 6) throw new NotUsual();
  const time = verifyInfo(info, signature);
  const attributes = expectTag(signer[3], TAG.context0);
  const digest = hash(hashOf(signer[2], HASHES), info.bytes, "buffer");
  if (!attributeOf(attributes, OID.messageDigest).equals(digest)) throw new NotUsual();
  // RFC 5652, 5.4: what is signed has the tag of a SET.
  const signed = Buffer.from(attributes.bytes);
  signed[0] = TAG.set;
  const signedBy = hashOf(signer[4], SIGNATURE_HASHES);
  const value = expectTag(signer[5], TAG.octetString).content;
  const [issuer, serialNumber] = childrenOf(expectTag(signer[1], TAG.sequence));
  const isBy = ({ certificate, key, isValidAt }: QuickAuthority): boolean =>
    isValidAt(time) &&
    certificate.issuer.equals(expectTag(issuer, TAG.sequence).content) &&
    certificate.serialNumber.equals(expectTag(serialNumber, TAG.integer).content) &&
    key.asymmetricKeyType === "ec" &&
    verify(signedBy, signed, key, value);
  if (!root.timestampAuthorities.some(isBy)) throw new NotUsual();
  return time;
}

/** What was stamped: this signature's hash, at this time. */
function verifyInfo(info: Der, signature: Buffer): Date {
  const [, , imprint, , time] = childrenOf(info);
  const [algorithm, stamped] = childrenOf(expectTag(imprint, TAG.sequence));
  const digest = hash(hashOf(algorithm, HASHES), signature, "buffer");
  if (!expectTag(stamped, TAG.octetString).content.equals(digest)) throw new NotUsual();
  return timeOf(expectTag(time, TAG.generalizedTime));
}

function attributeOf(attributes: Der, oid: string): Buffer {
  const found = childrenOf(attributes).filter((attribute) => oidOf(childrenOf(attribute)[0]) === oid);
  const [attribute, ...others] = found;
  if (others.length > 0) throw new NotUsual();
  return only(expectTag(childrenOf(expectTag(attribute, TAG.sequence))[1], TAG.set), TAG.octetString).content;
}

function only(der: Der, tag: number): Der {
  const [child, ...others] = childrenOf(der);
  if (others.length > 0) throw new NotUsual();
  return expectTag(child, tag);
}

function oidOf(der: Der | undefined): string {
  return expectTag(der, TAG.oid).content.toString("hex");
}

function hashOf(algorithm: Der | undefined, known: Readonly<Record<string, string>>): string {
  const name = known[oidOf(childrenOf(expectTag(algorithm, TAG.sequence))[0])];
  if (name === undefined) throw new NotUsual();
  return name;
}

function isNumber(der: Der | undefined, value: number): boolean {
  const { content } = expectTag(der, TAG.integer);
  return content.length === 1 && content[0] === value;
}
