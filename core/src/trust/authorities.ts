import type { RE2JS } from "re2js";
import { FnsealError, messageOf } from "../errors.ts";
import { parsePublicKey, type PublicKey } from "../keys/publicKey.ts";
import { formatPath, type Problem } from "./problems.ts";
import type { AuthorityDocument, TrustPolicyDocument } from "./schema.ts";
import type { Authority } from "./types.ts";

/** Reads files that a trust policy names; the path is as written. Throws what cannot be read. */
export type ReadText = (path: string) => string;

/** Compiles a pattern for a keyless subject. */
export type CompilePattern = (pattern: string) => RE2JS;

/** Reads every authority's key and compiles its patterns; what is wrong is added to `problems`. */
export function resolveAuthorities(
  document: TrustPolicyDocument,
  readText: ReadText,
  compile: CompilePattern,
  problems: Problem[],
): ReadonlyMap<string, Authority> {
  const authorities = new Map<string, Authority>();
  // One signature must never count as two authorities, so a key or identity belongs to one only.
  const owners = new Map<string, string>();
  for (const [name, authority] of Object.entries(document.authorities)) {
    const path = formatPath(["authorities", name]);
    const resolved = resolveAuthority(name, authority, path, readText, compile, problems);
    if (!resolved) continue;
    for (const identity of identitiesOf(resolved)) {
      const owner = owners.get(identity);
      if (owner !== undefined)
        problems.push({ path, message: `is the same key or identity as authorities.${owner}` });
      owners.set(identity, name);
    }
    authorities.set(name, resolved);
  }
  return authorities;
}

function resolveAuthority(
  name: string,
  authority: AuthorityDocument,
  path: string,
  readText: ReadText,
  compile: CompilePattern,
  problems: Problem[],
): Authority | undefined {
  if ("keyless" in authority) {
    const { issuer, subject, subjectPattern, claims } = authority.keyless;
    return {
      kind: "keyless",
      name,
      issuer,
      subject: subject !== undefined ? { exact: subject } : { pattern: compile(subjectPattern ?? "") },
      claims: Object.fromEntries(
        Object.entries(claims ?? {}).flatMap(([claim, value]) =>
          value === undefined ? [] : [[claim, value]],
        ),
      ),
    };
  }
  const texts = typeof authority.key === "string" ? [authority.key] : authority.key;
  const keys = texts.flatMap((text, index): PublicKey[] => {
    const field = typeof authority.key === "string" ? `${path}.key` : `${path}.key[${index}]`;
    const key = readKey(text, field, readText, problems);
    return key ? [key] : [];
  });
  return keys.length > 0 ? { kind: "key", name, keys, kms: authority.kms } : undefined;
}

/** Reads a PEM in place or the file at a path. */
export function readKey(
  text: string,
  field: string,
  readText: ReadText,
  problems: Problem[],
): PublicKey | undefined {
  try {
    const inline = text.includes("-----BEGIN");
    return parsePublicKey(inline ? text : readText(text), inline ? "the value" : `the file ${text}`);
  } catch (thrown) {
    const known = thrown instanceof FnsealError;
    problems.push({
      path: field,
      message: known ? messageOf(thrown) : `the file ${text} cannot be read: ${messageOf(thrown)}`,
    });
    return undefined;
  }
}

function identitiesOf(authority: Authority): string[] {
  switch (authority.kind) {
    case "key":
      return authority.keys.map((key) => key.fingerprint);
    case "keyless": {
      const subject =
        "exact" in authority.subject ? authority.subject.exact : authority.subject.pattern.pattern();
      return [JSON.stringify([authority.issuer, subject, Object.entries(authority.claims).sort()])];
    }
  }
}
