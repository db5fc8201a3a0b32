import { verify } from "node:crypto";
import { NotUsual } from "./der.ts";
import type { QuickLog } from "./root.ts";

/** The size and the root hash of a log's tree, as the log signed them. */
export interface Checkpoint {
  readonly size: bigint;
  readonly hash: Buffer;
}

/** Checkpoints whose signature was verified, by their text. Entries that are logged together share one. */
const VERIFIED = new WeakMap<QuickLog, Map<string, Checkpoint>>();
const REMEMBERED = 1_000;

/** A signature's line (C2SP signed-note): an em dash, a name, base64 of four bytes of key id and the signature. */
const SIGNATURE = /\u2014 (\S+) (\S+)\n/g;

/** @throws NotUsual where the log did not sign it */
export function verifyCheckpoint(envelope: string, log: QuickLog): Checkpoint {
  let verified = VERIFIED.get(log);
  if (!verified) VERIFIED.set(log, (verified = new Map<string, Checkpoint>()));
  const known = verified.get(envelope);
  if (known) return known;
  const checkpoint = readCheckpoint(envelope, log);
  if (verified.size >= REMEMBERED) verified.clear();
  verified.set(envelope, checkpoint);
  return checkpoint;
}

function readCheckpoint(envelope: string, log: QuickLog): Checkpoint {
  const end = envelope.indexOf("\n\n");
  if (end < 0) throw new NotUsual();
  const note = envelope.slice(0, end + 1);
  const [, size = "", hash = ""] = note.trimEnd().split("\n");
  if (!/^\d{1,18}$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(hash)) throw new NotUsual();
  const signatures = [...envelope.slice(end + 2).matchAll(SIGNATURE)].map(([, name = "", text = ""]) => ({
    name,
    bytes: Buffer.from(text, "base64"),
  }));
  const data = Buffer.from(note);
  const isBy = ({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): boolean =>
    bytes.subarray(0, 4).equals(log.id.subarray(0, 4)) &&
    log.name.includes(name) &&
    verify(undefined, data, log.key, bytes.subarray(4));
  // One too short to be a signature makes the library refuse them all.
  if (signatures.some(({ bytes }) => bytes.length < 5) || !signatures.some(isBy)) throw new NotUsual();
  return { size: BigInt(size), hash: Buffer.from(hash, "base64") };
}
