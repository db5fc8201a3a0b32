import { hash, verify } from "node:crypto";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { isRecord } from "../../record.ts";
import { verifyCheckpoint } from "./checkpoint.ts";
import { NotUsual } from "./der.ts";
import type { QuickLog, QuickRoot } from "./root.ts";

/** What a log entry has to name. */
export interface Logged {
  readonly signature: Buffer;
  /** SHA-256 of the statement's payload, or of the file. */
  readonly content: Buffer;
  /** SHA-256 of what the signature is over: the pre-authentication encoding, or the file. */
  readonly signed: Buffer;
}

type Entry = Omit<TransparencyLogEntry, "inclusionPromise"> & {
  readonly inclusionPromise: TransparencyLogEntry["inclusionPromise"];
};

/**
 * Verifies that a log holds this signature: by its promise, by the proof under its checkpoint, or by both if both are
 * there.
 *
 * @returns the time that the log promised, if it did
 * @throws NotUsual
 */
export function verifyLogEntry(entry: Entry, logged: Logged, root: QuickRoot): Date | undefined {
  const logs = root.logs.filter(({ id }) => entry.logId !== undefined && id.equals(entry.logId.keyId));
  const [log, ...others] = logs;
  if (!log || others.length > 0) throw new NotUsual();
  if (!entry.inclusionPromise && !entry.inclusionProof) throw new NotUsual();
  const time = entry.inclusionPromise && verifyPromise(entry, log);
  if (entry.inclusionProof) verifyInclusion(entry, log);
  assertBody(entry, logged);
  return time;
}

/** The log's signature over entry and time (Rekor v1). */
function verifyPromise({ inclusionPromise, ...entry }: Entry, log: QuickLog): Date {
  const integratedTime = Number(entry.integratedTime);
  const time = new Date(integratedTime * 1000);
  const logIndex = Number(entry.logIndex);
  if (!Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex)) throw new NotUsual();
  if (integratedTime <= 0 || !log.isValidAt(time)) throw new NotUsual();
  // Canonical JSON (RFC 8785): names in order, no space. Neither text needs escaping.
  const body = entry.canonicalizedBody.toString("base64");
  const id = log.id.toString("hex");
  const payload = `{"body":"${body}","integratedTime":${integratedTime},"logID":"${id}","logIndex":${logIndex}}`;
  const signature = inclusionPromise?.signedEntryTimestamp ?? Buffer.alloc(0);
  if (!verify(undefined, Buffer.from(payload), log.key, signature)) throw new NotUsual();
  return time;
}

/** The entry's place in the tree that the checkpoint's root hash stands for. Source: RFC 9162, 2.1.3.2. */
function verifyInclusion({ inclusionProof, canonicalizedBody }: Entry, log: QuickLog): void {
  const { checkpoint, logIndex = "", hashes = [] } = inclusionProof ?? {};
  const { size, hash: root } = verifyCheckpoint(checkpoint?.envelope ?? "", log);
  if (!/^\d{1,18}$/.test(logIndex)) throw new NotUsual();
  let node = BigInt(logIndex);
  let last = size - 1n;
  if (node > last || hashes.length > 64) throw new NotUsual();
  let found = hash("sha256", Buffer.concat([LEAF, canonicalizedBody]), "buffer");
  for (const other of hashes) {
    if (last === 0n) throw new NotUsual();
    if ((node & 1n) === 1n || node === last) {
      found = hash("sha256", Buffer.concat([NODE, other, found]), "buffer");
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      found = hash("sha256", Buffer.concat([NODE, found, other]), "buffer");
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || !found.equals(root)) throw new NotUsual();
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Whether the entry is about this signature. Of other kinds of entries the library knows. */
function assertBody({ kindVersion, canonicalizedBody }: Entry, logged: Logged): void {
  const body = parse(canonicalizedBody);
  const { kind, apiVersion, spec } = body;
  if (kind !== kindVersion?.kind || apiVersion !== kindVersion?.version || !isRecord(spec))
    throw new NotUsual();
  switch (`${String(kind)} ${String(apiVersion)}`) {
    case "hashedrekord 0.0.1": {
      const { signature, data } = spec;
      const digest = isRecord(data) && isRecord(data["hash"]) ? data["hash"]["value"] : undefined;
      assertSame(isRecord(signature) ? signature["content"] : undefined, "base64", logged.signature);
      assertSame(digest, "hex", logged.signed);
      return;
    }
    case "hashedrekord 0.0.2": {
      const { signature, data } = onlyField(spec, "hashedRekordV002");
      assertSame(isRecord(signature) ? signature["content"] : undefined, "base64", logged.signature);
      assertSame(isRecord(data) ? data["digest"] : undefined, "base64", logged.signed);
      return;
    }
    case "dsse 0.0.1": {
      const { signatures, payloadHash } = spec;
      assertSame(onlySignature(signatures)["signature"], "base64", logged.signature);
      assertSame(isRecord(payloadHash) ? payloadHash["value"] : undefined, "hex", logged.content);
      return;
    }
    case "dsse 0.0.2": {
      const { signatures, payloadHash } = onlyField(spec, "dsseV002");
      assertSame(onlySignature(signatures)["content"], "base64", logged.signature);
      assertSame(isRecord(payloadHash) ? payloadHash["digest"] : undefined, "base64", logged.content);
      return;
    }
    default:
      throw new NotUsual();
  }
}

function parse(bytes: Buffer): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new NotUsual();
  }
  if (!isRecord(json)) throw new NotUsual();
  return json;
}

/** Only the one way to write these bytes: what is written otherwise the library may read, or not. */
function assertSame(text: unknown, encoding: "base64" | "hex", bytes: Buffer): void {
  if (text !== bytes.toString(encoding)) throw new NotUsual();
}

function onlyField(spec: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = spec[name];
  if (Object.keys(spec).length !== 1 || !isRecord(value)) throw new NotUsual();
  return value;
}

function onlySignature(signatures: unknown): Record<string, unknown> {
  const [signature, ...others] = Array.isArray(signatures) ? (signatures as unknown[]) : [];
  if (others.length > 0 || !isRecord(signature)) throw new NotUsual();
  return signature;
}
