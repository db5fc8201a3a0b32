import { hash, type KeyObject, verify } from "node:crypto";
import { EXTENSION, type QuickCertificate } from "./certificate.ts";
import { derHead, NotUsual, readDer, TAG } from "./der.ts";
import type { QuickLog, QuickRoot } from "./root.ts";

const SHA256_ECDSA = 0x0403;

/**
 * Verifies the certificate's embedded timestamp by a certificate log (RFC 6962, 3.2 and 3.3): exactly one, or none
 * where the trusted root names no such log.
 *
 * @throws NotUsual
 */
export function assertTimestampedCertificate(
  certificate: QuickCertificate,
  issuerKey: Buffer,
  root: QuickRoot,
): void {
  const extension = certificate.extensions.find(({ oid }) => oid === EXTENSION.certificateTimestamps);
  if (!extension) {
    if (root.certificateLogCount === 0) return;
    throw new NotUsual();
  }
  const list = readDer(extension.value, TAG.octetString).content;
  // A list of one: its length, then the length of that one.
  if (list.length < 47 || list.readUInt16BE(0) !== list.length - 2) throw new NotUsual();
  if (list.readUInt16BE(2) !== list.length - 4) throw new NotUsual();
  const sct = list.subarray(4);
  const extensionsEnd = 43 + sct.readUInt16BE(41);
  if (extensionsEnd + 4 > sct.length || sct[0] !== 0) throw new NotUsual();
  if (sct.readUInt16BE(extensionsEnd) !== SHA256_ECDSA) throw new NotUsual();
  const signature = sct.subarray(extensionsEnd + 4);
  if (sct.readUInt16BE(extensionsEnd + 2) !== signature.length) throw new NotUsual();
  const logId = sct.subarray(1, 33);
  const time = new Date(Number(sct.readBigInt64BE(33)));
  const tbs = withoutTimestamps(certificate);
  const signed = Buffer.concat([
    // v1, certificate_timestamp
    Buffer.from([0, 0]),
    sct.subarray(33, 41),
    // precert_entry
    Buffer.from([0, 1]),
    hash("sha256", issuerKey, "buffer"),
    Buffer.from([tbs.length >> 16, (tbs.length >> 8) & 0xff, tbs.length & 0xff]),
    tbs,
    sct.subarray(41, extensionsEnd),
  ]);
  const isBy = (log: QuickLog): boolean =>
    log.id.equals(logId) && log.isValidAt(time) && isSigned(signed, log.key, signature);
  if (!root.certificateLogs.some(isBy)) throw new NotUsual();
}

function isSigned(bytes: Buffer, key: KeyObject, signature: Buffer): boolean {
  return key.asymmetricKeyType === "ec" && verify("sha256", bytes, key, signature);
}

/** What the log saw: the certificate before the timestamp went into it. */
function withoutTimestamps({ beforeExtensions, extensions }: QuickCertificate): Buffer {
  const kept = extensions.filter(({ oid }) => oid !== EXTENSION.certificateTimestamps);
  const list = wrap(
    TAG.sequence,
    kept.map(({ der }) => der.bytes),
  );
  return wrap(TAG.sequence, [...beforeExtensions.map((part) => part.bytes), wrap(TAG.context3, [list])]);
}

function wrap(tag: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([derHead(tag, length), ...parts]);
}
