import * as z from "zod";
import { lazy } from "../lazy.ts";
import type { Challenge } from "./challenge.ts";
import { basicHeader, type Credentials } from "./credentials.ts";
import { assertAsSafe, type HttpAnswer, invalid, sendRequest } from "./http.ts";
import { assertAnswered } from "./status.ts";

const MOST_BYTES = 1 << 20;

// Source: distribution specification, "Token Authentication"; older services say `token`, OAuth 2 says `access_token`.
const tokenSchema = lazy(() =>
  z.object({ token: z.string().optional(), access_token: z.string().optional() }),
);

export interface Authorizing {
  readonly challenge: Challenge;
  readonly credentials: Credentials | undefined;
  /** `repository:NAME:pull`; asked for where the challenge names none. */
  readonly scope: string;
  readonly signal: AbortSignal;
  readonly mayBePlain: (url: URL) => boolean;
}

/**
 * The `Authorization` header that meets a registry's challenge; `undefined` where there is nothing to send.
 *
 * @throws FnsealError `registry-…`
 */
export async function authorize(authorizing: Authorizing, from: URL): Promise<string | undefined> {
  const { challenge, credentials } = authorizing;
  if (credentials?.kind === "bearer") return `Bearer ${credentials.token}`;
  switch (challenge.kind) {
    case "basic":
      return credentials?.kind === "password"
        ? basicHeader(credentials.username, credentials.password)
        : undefined;
    case "bearer":
      return `Bearer ${await fetchToken(authorizing, challenge, from)}`;
  }
}

async function fetchToken(
  { credentials, scope, signal, mayBePlain }: Authorizing,
  challenge: Extract<Challenge, { kind: "bearer" }>,
  from: URL,
): Promise<string> {
  if (!URL.canParse(challenge.realm)) throw invalid(from, "it asks for a token from what is no URL");
  const url = new URL(challenge.realm);
  assertAsSafe(from, url);
  const wanted = {
    ...(challenge.service !== undefined && { service: challenge.service }),
    scope: challenge.scope ?? scope,
  };
  const answer = await (credentials?.kind === "identity"
    ? sendRequest(
        {
          method: "POST",
          url,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({
            ...wanted,
            grant_type: "refresh_token",
            client_id: "fnseal",
            refresh_token: credentials.token,
          }).toString(),
          ...{ limit: MOST_BYTES, signal },
        },
        mayBePlain,
      )
    : sendRequest(
        {
          method: "GET",
          url: withQuery(url, wanted),
          headers:
            credentials?.kind === "password"
              ? { authorization: basicHeader(credentials.username, credentials.password) }
              : {},
          ...{ limit: MOST_BYTES, signal },
        },
        mayBePlain,
      ));
  assertAnswered(answer, [200], `a token of ${url.host}`);
  return tokenOf(answer);
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const all = new URL(url);
  for (const [name, value] of Object.entries(query)) all.searchParams.set(name, value);
  return all;
}

function tokenOf({ body, url }: HttpAnswer): string {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    throw invalid(url, "its token is no JSON");
  }
  const { token, access_token: access } = tokenSchema().safeParse(json).data ?? {};
  const found = token ?? access;
  // A header of more than one line would be more than one header.
  if (found === undefined || !/^[\x21-\x7e]+$/.test(found)) throw invalid(url, "it gives no token");
  return found;
}
