type Json = Record<string, unknown>;

/**
 * A trust policy that needs no other file: keys and a trusted root that it names by path are put in place. What is
 * wrong with it is left for `loadTrustPolicy` to say.
 *
 * @param document a trust policy, parsed from YAML or JSON
 * @param readText reads a file by its path as written; its errors are passed on
 */
export function inlineFiles(document: unknown, readText: (path: string) => string): unknown {
  if (!isObject(document)) return document;
  const key = (value: unknown): unknown => (isPath(value) ? readText(value) : value);
  const { authorities, revocations, trustedRoot } = document;
  return {
    ...document,
    ...(isObject(authorities)
      ? { authorities: mapValues(authorities, (authority) => inlineKeys(authority, key)) }
      : {}),
    ...(Array.isArray(revocations)
      ? { revocations: revocations.map((revocation: unknown) => inlineKeys(revocation, key)) }
      : {}),
    ...(typeof trustedRoot === "string" && trustedRoot !== "public-good"
      ? { trustedRoot: JSON.parse(readText(trustedRoot)) as unknown }
      : {}),
  };
}

function inlineKeys(holder: unknown, key: (value: unknown) => unknown): unknown {
  if (!isObject(holder) || !("key" in holder)) return holder;
  const { key: value } = holder;
  return { ...holder, key: Array.isArray(value) ? value.map(key) : key(value) };
}

/** Neither a PEM nor a fingerprint: see `key` of the trust policy's schema. */
function isPath(value: unknown): value is string {
  return typeof value === "string" && !value.includes("-----BEGIN") && !/^[0-9a-f]{64}$/.test(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
