/** What a registry knows someone by. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** A refresh token, which is exchanged for access tokens. */
  | { readonly kind: "identity"; readonly token: string }
  /** An access token that is sent as it is. */
  | { readonly kind: "bearer"; readonly token: string };

/**
 * Finds the credentials for a registry, named as in references.
 *
 * @throws FnsealError `registry-credentials-invalid`
 */
export type FindCredentials = (registry: string) => Promise<Credentials | undefined>;

export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
