/**
 * DSSE's pre-authentication encoding: the bytes that a signature over an envelope is over.
 * Source: secure-systems-lab/dsse, protocol.md. Written here, because each start would else load all of Sigstore's
 * ASN.1 and certificate code for one line.
 */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const header = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  const encoded = Buffer.allocUnsafe(Buffer.byteLength(header) + payload.length);
  payload.copy(encoded, encoded.write(header));
  return encoded;
}
