import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FnsealError, messageOf } from "@fnseal/core";
import * as z from "zod";
import type { Environment } from "../environment.ts";
import { AUDIENCE } from "./ambientToken.ts";
import { askProvider } from "./provider.ts";

/** How long a person has for logging in, in milliseconds. */
const PATIENCE = 180_000;

/**
 * Asks a person to log in, by the browser: the authorization code flow with PKCE and a redirect to this machine.
 * Source: RFC 8252 (native apps), RFC 7636 (PKCE), OpenID Connect Core section 3.1.
 *
 * @param issuer the identity provider of the signing config
 * @throws FnsealError `identity-token-missing`, `identity-provider-unreachable`
 */
export async function browserToken(environment: Environment, issuer: string): Promise<string> {
  try {
    const endpoints = await discover(issuer);
    const verifier = randomBytes(32).toString("base64url");
    const state = randomBytes(16).toString("base64url");
    const nonce = randomBytes(16).toString("base64url");
    const { redirect, code, close } = await listen(state);
    try {
      const url = new URL(endpoints.authorization_endpoint);
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const query = {
        response_type: "code",
        client_id: AUDIENCE,
        scope: "openid email",
        redirect_uri: redirect,
      };
      const proof = { state, nonce, code_challenge: challenge, code_challenge_method: "S256" };
      for (const [name, value] of Object.entries({ ...query, ...proof })) url.searchParams.set(name, value);
      environment.stderr.write(`log in with your browser to sign; if none opens, go to:\n  ${url.href}\n`);
      environment.open(url.href);
      const token = await exchange(endpoints.token_endpoint, await code, verifier, redirect);
      assertNonce(token, nonce);
      return token;
    } finally {
      close();
    }
  } catch (cause) {
    if (cause instanceof FnsealError) throw cause;
    throw new FnsealError("identity-token-missing", `logging in at ${issuer} failed: ${messageOf(cause)}`, {
      cause,
    });
  }
}

const discoverySchema = z.object({ authorization_endpoint: z.url(), token_endpoint: z.url() });

async function discover(issuer: string): Promise<z.infer<typeof discoverySchema>> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await askProvider(url, issuer, { redirect: "follow" });
  if (!response.ok) throw new Error(`its configuration answers ${response.status}`);
  return discoverySchema.parse(await response.json());
}

interface Listener {
  readonly redirect: string;
  readonly code: Promise<string>;
  readonly close: () => void;
}

/** Waits on the loopback address for the browser to come back with the code, and our state. */
async function listen(state: string): Promise<Listener> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  // Rejected before anyone waits for it where logging in cannot even begin.
  code.catch(() => undefined);
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://127.0.0.1").searchParams;
    const given = query.get("code");
    response.setHeader("content-type", "text/plain; charset=utf-8");
    if (!isSame(query.get("state") ?? "", state)) {
      response.writeHead(400).end("This is not the answer that fnseal waits for.\n");
    } else if (given === null) {
      response.end("Logging in failed. You can close this page.\n");
      reject(new Error(query.get("error_description") ?? query.get("error") ?? "no code was given"));
    } else {
      response.end("Logged in. You can close this page.\n");
      resolve(given);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const timer = setTimeout(() => reject(new Error("nobody logged in within three minutes")), PATIENCE);
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  };
  return { redirect: `http://localhost:${port}/auth/callback`, code, close };
}

async function exchange(endpoint: string, code: string, verifier: string, redirect: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: AUDIENCE,
    redirect_uri: redirect,
    code,
    code_verifier: verifier,
  });
  const response = await askProvider(endpoint, endpoint, { method: "POST", body });
  if (!response.ok) throw new Error(`the code is answered with ${response.status}`);
  return z.object({ id_token: z.string() }).parse(await response.json()).id_token;
}

/** A token made for another login must not be slipped in. */
function assertNonce(token: string, nonce: string): void {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as unknown;
  const found = z.object({ nonce: z.string() }).safeParse(claims);
  if (!found.success || !isSame(found.data.nonce, nonce)) throw new Error("the token is not for this login");
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
