import { createHash, type KeyObject, sign } from "node:crypto";
import { ASN1Obj } from "@sigstore/core";
import { mutate } from "../mutate.ts";

type Next = (below: number) => number;

/** Changes, takes out or puts in some bytes. */
export function mutateBytes(bytes: Buffer, next: Next): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let count = next(2); count >= 0 || changed.equals(bytes); count--) {
    const at = next(changed.length || 1);
    const extra = next(4) === 0 ? [next(256)] : [];
    const value = next(2) === 0 ? (changed[at] ?? 0) ^ (1 << next(8)) : next(256);
    const gone = next(8) === 0 ? 0 : 1 + Number(next(8) === 0);
    changed = Buffer.concat([
      changed.subarray(0, at),
      Buffer.from([...(gone === 0 ? [] : [value]), ...extra]),
      changed.subarray(at + gone),
    ]);
  }
  return changed;
}

/** A certificate that its authority has signed, whatever has been changed in it. */
export function resignCertificate(der: Buffer, key: KeyObject, next: Next): Buffer {
  const root = ASN1Obj.parseBuffer(Buffer.from(der));
  const [tbs, , signature] = root.subs;
  if (!tbs || !signature) throw new Error("the certificate has another form");
  // Most changes are to bytes within a value, so that the form stays and the certificate is still read.
  const values = primitives(tbs);
  for (let count = next(2); count >= 0; count--) {
    const value = values[next(values.length)];
    if (value) change(value, next);
  }
  // P-384 and P-256 keys sign with the hash that the certificate names.
  const hash = root.subs[1]?.subs[0]?.toOID() === "1.2.840.10045.4.3.3" ? "sha384" : "sha256";
  Object.assign(signature, { value: Buffer.concat([Buffer.from([0]), sign(hash, tbs.toDER(), key)]) });
  return root.toDER();
}

function change(object: ASN1Obj, next: Next): void {
  const value = Buffer.from(object.value);
  switch (next(5)) {
    case 0:
      return void Object.assign(object, { value: mutateBytes(value, next) });
    case 1:
      return void Object.assign(object, { value: value.subarray(0, next(value.length + 1)) });
    case 2:
      return void Object.assign(object.tag, { number: next(0x1f) });
    default:
      if (value.length > 0) value.writeUInt8(value.readUInt8(0) ^ (1 << next(8)), next(value.length));
      return void Object.assign(object, { value });
  }
}

function primitives(object: ASN1Obj): ASN1Obj[] {
  return object.subs.length === 0 ? [object] : object.subs.flatMap(primitives);
}

/** An entry that its log has promised, whatever has been changed in it. */
export function resignPromise(entry: Record<string, unknown>, key: KeyObject, next: Next): void {
  if (next(4) === 0) entry["integratedTime"] = String(Number(entry["integratedTime"]) + next(3) * 1_000_000);
  if (next(4) === 0) entry["logIndex"] = ["1", "-1", "007", "1e3", "9007199254740993"][next(5)];
  promise(entry, key, (body) => {
    if (next(3) > 0) mutate(body, next);
  });
}

/** The log's promise to an entry after its body was changed, and a tree with nothing else in it. */
export function promise(
  entry: Record<string, unknown>,
  key: KeyObject,
  changeBody: (body: Record<string, unknown>) => void,
): void {
  const text = Buffer.from(String(entry["canonicalizedBody"]), "base64").toString();
  const body = JSON.parse(text) as Record<string, unknown>;
  changeBody(body);
  const bytes = Buffer.from(JSON.stringify(body));
  entry["canonicalizedBody"] = bytes.toString("base64");
  const { keyId } = entry["logId"] as { readonly keyId: string };
  const promised = {
    body: bytes.toString("base64"),
    integratedTime: Number(entry["integratedTime"]),
    logID: Buffer.from(keyId, "base64").toString("hex"),
    logIndex: Number(entry["logIndex"]),
  };
  const signature = sign("sha256", Buffer.from(JSON.stringify(promised)), key);
  entry["inclusionPromise"] = { signedEntryTimestamp: signature.toString("base64") };
  entry["inclusionProof"] = proofOf(bytes, Buffer.from(keyId, "base64"), key);
}

function proofOf(body: Buffer, logId: Buffer, key: KeyObject): object {
  const rootHash = createHash("sha256")
    .update(Buffer.from([0]))
    .update(body)
    .digest("base64");
  const note = `rekor.example\n1\n${rootHash}\n`;
  const signature = Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(note), key)]);
  const envelope = `${note}\n\u2014 rekor.example ${signature.toString("base64")}\n`;
  return { logIndex: "0", treeSize: "1", rootHash, hashes: [], checkpoint: { envelope } };
}
