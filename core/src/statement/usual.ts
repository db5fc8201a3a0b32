/**
 * Statements as `createCodeStatement` writes them. They are read without the schema, whose loading alone takes longer
 * than verifying a hundred bundles; whatever looks otherwise, `parseStatement` reads or refuses.
 */
import { isUtf8 } from "node:buffer";
import { isRecord } from "../record.ts";
import { isStatementDocument, knownSubjects } from "./document.ts";
import type { CodePredicate } from "./predicate.ts";
import { CODE_PREDICATE_TYPE, NAME_PATTERN, type Statement, STATEMENT_TYPE } from "./types.ts";

/**
 * Reads a DSSE payload that is a usual statement, exactly as `parseStatement` does.
 *
 * @returns `undefined` where it is not one, whatever else it is
 */
export function readUsualStatement(payload: Buffer): Statement | undefined {
  if (!isUtf8(payload)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isStatementDocument(json) || json._type !== STATEMENT_TYPE) return undefined;
  const { subject, predicateType, predicate } = json;
  if (!subject?.length || predicateType !== CODE_PREDICATE_TYPE || !isUsualPredicate(predicate))
    return undefined;
  return { subjects: knownSubjects(subject), predicateType, code: predicate };
}

/**
 * Whether a value is a predicate as `createCodeStatement` writes it. Never true for what the schema refuses (a test
 * holds them together).
 */
export function isUsualPredicate(value: unknown): value is CodePredicate {
  if (!isRecord(value)) return false;
  const { functions, layers, signedAt, expires, generator } = value;
  const known = 3 + Number("expires" in value) + Number("generator" in value);
  return (
    isNamePatterns(functions) &&
    isNamePatterns(layers) &&
    functions.length + layers.length > 0 &&
    isInstant(signedAt) &&
    (expires === undefined ? !("expires" in value) : isInstant(expires)) &&
    (generator === undefined
      ? !("generator" in value)
      : typeof generator === "string" && generator.length <= 100) &&
    Object.keys(value).length === known
  );
}

function isNamePatterns(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((name) => typeof name === "string" && NAME_PATTERN.test(name))
  );
}

/** What `Date.toISOString` writes for the years 0 to 9999, but for the length of months. */
const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function isInstant(value: unknown): boolean {
  if (typeof value !== "string" || !INSTANT.test(value)) return false;
  // Every month has 28 days; the 30th of February is another day when it is written again, or none.
  if (Number(value.slice(8, 10)) <= 28) return true;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}
