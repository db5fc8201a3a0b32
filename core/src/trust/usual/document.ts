/**
 * Trust policies as they usually are: keys and exact identities, rules about names, regions and accounts. They are checked
 * without the schema, whose loading takes longer than verifying a bundle. Whatever has more, the schema passes or refuses.
 */
import { isRecord } from "../../record.ts";
import { isOwnPredicateType, NAME_PATTERN } from "../../statement/types.ts";
import { CLAIMS } from "../../bundle/claims.ts";
import { ACCOUNT, AUTHORITY_NAME, REGION } from "../formats.ts";
import type { TrustPolicyDocument } from "../schema.ts";

type Check = (value: unknown) => boolean;
type Fields = ReadonlyMap<string, Check>;

/** Never true for what the schema refuses, or changes as it reads it (a test holds them together). */
export function isUsualDocument(value: unknown): value is TrustPolicyDocument {
  return hasFields(value, DOCUMENT, "version", "authorities", "rules");
}

/** Whether it is an object with these fields and no others. */
function hasFields(value: unknown, fields: Fields, ...required: readonly string[]): boolean {
  return (
    isRecord(value) &&
    Object.entries(value).every(([name, field]) => fields.get(name)?.(field) === true) &&
    required.every((name) => Object.hasOwn(value, name))
  );
}

const text =
  (maximum: number): Check =>
  (value) =>
    typeof value === "string" && value !== "" && value.length <= maximum;

const like =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const list =
  (check: Check, maximum = 1000): Check =>
  (value) =>
    // Not `value.every`: it passes over holes.
    Array.isArray(value) && value.length > 0 && value.length <= maximum && Array.from(value).every(check);

const anyText = text(Infinity);
const authorityName = like(AUTHORITY_NAME);
const names = list(like(NAME_PATTERN));
const requirement = oneOf("required", "optional");

/** The URL parser drops what is not printable, so that two texts are one URL. */
const isHttpUrl: Check = (value) =>
  typeof value === "string" && /^https?:\/\/[!-~]+$/.test(value) && URL.canParse(value);

const KEY: Fields = new Map([["key", (value) => anyText(value) || list(anyText, 10)(value)]]);

const CLAIM_FIELDS: Fields = new Map(
  Object.values(CLAIMS).map((claim) => [claim, (value) => typeof value === "string"]),
);

const IDENTITY: Fields = new Map<string, Check>([
  ["issuer", isHttpUrl],
  ["subject", anyText],
  ["claims", (value) => hasFields(value, CLAIM_FIELDS)],
]);

const KEYLESS: Fields = new Map([["keyless", (value) => hasFields(value, IDENTITY, "issuer", "subject")]]);

const isAuthority: Check = (value) => hasFields(value, KEY, "key") || hasFields(value, KEYLESS, "keyless");

const ANY: Fields = new Map([["any", list(authorityName)]]);
const ALL: Fields = new Map([["all", list(authorityName)]]);
const SOME: Fields = new Map<string, Check>([
  ["atLeast", (value) => Number.isSafeInteger(value) && Number(value) >= 1],
  ["of", list(authorityName)],
]);

const isSignedBy: Check = (value) =>
  authorityName(value) ||
  hasFields(value, ANY, "any") ||
  hasFields(value, ALL, "all") ||
  hasFields(value, SOME, "atLeast", "of");

/** The schema alone knows which of fnseal's own types may be named. */
const isAccepted: Check = (value) =>
  value === "fnseal" ||
  value === "message-signature" ||
  (typeof value === "string" && isHttpUrl(value) && !isOwnPredicateType(value));

const RULE: Fields = new Map<string, Check>([
  ["name", text(100)],
  ["functions", names],
  ["layers", names],
  ["regions", list(like(REGION))],
  ["accounts", list(like(ACCOUNT))],
  ["signedBy", isSignedBy],
  ["accept", list(isAccepted)],
  ["transparencyLog", requirement],
  ["timestamp", requirement],
  ["onExpired", oneOf("reject", "notify")],
]);

const DOCUMENT: Fields = new Map<string, Check>([
  ["$schema", (value) => typeof value === "string"],
  ["version", oneOf(1)],
  [
    "authorities",
    (value) =>
      isRecord(value) &&
      Object.entries(value).every(([name, authority]) => authorityName(name) && isAuthority(authority)),
  ],
  ["rules", list((value) => hasFields(value, RULE, "signedBy"))],
  ["noRuleMatches", oneOf("reject", "allow")],
  ["trustedRoot", anyText],
]);
