/** What a registry asks for in a `WWW-Authenticate` header. */
export type Challenge =
  | { readonly kind: "basic" }
  | {
      readonly kind: "bearer";
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

// Source: RFC 9110, sections 5.6.2, 5.6.4 and 11.2: a scheme, then parameters as tokens or quoted texts.
const NEXT =
  /\s*,?\s*(?:([A-Za-z][\w-]*)\s+(?=[\w-]+\s*=)|([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))/y;

/** Reads the header; Bearer counts before Basic where both are offered. `undefined` where neither is. */
export function parseChallenge(header: string): Challenge | undefined {
  const schemes: { readonly name: string; readonly parameters: Map<string, string> }[] = [];
  NEXT.lastIndex = 0;
  for (let match = NEXT.exec(header); match; match = NEXT.exec(header)) {
    const [, scheme, name = "", quoted, token = ""] = match;
    if (scheme !== undefined) schemes.push({ name: scheme.toLowerCase(), parameters: new Map() });
    else schemes.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? token);
  }
  const bearer = schemes.find(({ name }) => name === "bearer")?.parameters;
  const realm = bearer?.get("realm");
  if (bearer && realm !== undefined) {
    return { kind: "bearer", realm, service: bearer.get("service"), scope: bearer.get("scope") };
  }
  return /^\s*basic\b/i.test(header) || schemes.some(({ name }) => name === "basic")
    ? { kind: "basic" }
    : undefined;
}
