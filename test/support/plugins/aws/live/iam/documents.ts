/** A policy as text: programs give the text or an object. */
export function policyText(policy: unknown): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

/** IAM answers with its documents percent-encoded (RFC 3986), as the API reference says. */
export function decoded(document: string | undefined): string | undefined {
  return document?.startsWith("%7B") === true ? decodeURIComponent(document) : document;
}
