import { DIGEST_ALGORITHMS, type DigestSet } from "../digest/types.ts";
import { isRecord } from "../record.ts";
import { type Statement, STATEMENT_TYPE, STATEMENT_TYPE_V01 } from "./types.ts";

/** Statements of others name digests that are of no interest here, as git commits; they are left alone. */
interface StatementDocument {
  readonly _type: string;
  readonly subject?: readonly SubjectDocument[];
  readonly predicateType: string;
  readonly predicate?: unknown;
}

interface SubjectDocument {
  readonly name?: string;
  readonly digest?: Readonly<Record<string, string>>;
}

/** Whether JSON is an in-toto statement, of whatever predicate type. */
export function isStatementDocument(json: unknown): json is StatementDocument {
  return (
    isRecord(json) &&
    (json["_type"] === STATEMENT_TYPE || json["_type"] === STATEMENT_TYPE_V01) &&
    (json["subject"] === undefined || (Array.isArray(json["subject"]) && json["subject"].every(isSubject))) &&
    typeof json["predicateType"] === "string" &&
    json["predicateType"] !== ""
  );
}

function isSubject(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, digest } = value;
  return (
    (name === undefined || typeof name === "string") &&
    (digest === undefined ||
      (isRecord(digest) && Object.values(digest).every((hex) => typeof hex === "string")))
  );
}

/** The subjects with those of their digests that fnseal knows. */
export function knownSubjects(subjects: readonly SubjectDocument[]): Statement["subjects"] {
  return subjects.map(({ name = "", digest = {} }) => {
    const known = { name, digests: knownDigests(digest) };
    const sha512 = Object.hasOwn(digest, "sha512") ? digest["sha512"] : undefined;
    const isNeeded = sha512 !== undefined && SHA512_HEX.test(sha512) && !Object.hasOwn(digest, "sha256");
    return isNeeded ? { ...known, sha512 } : known;
  });
}

const SHA256_HEX = /^[0-9a-f]{64}$/;
const SHA512_HEX = /^[0-9a-f]{128}$/;

function knownDigests(digest: Readonly<Record<string, string>>): DigestSet {
  const known: Record<string, string> = {};
  for (const algorithm of DIGEST_ALGORITHMS) {
    const value = Object.hasOwn(digest, algorithm) ? digest[algorithm] : undefined;
    if (value !== undefined && SHA256_HEX.test(value)) known[algorithm] = value;
  }
  return known;
}
