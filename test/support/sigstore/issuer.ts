import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A small OpenID Connect provider: discovery, keys, and a login that says yes to everyone. */
export interface Issuer {
  readonly url: string;
  /** An identity token. @param claims override what it says by default */
  token(email: string, claims?: Readonly<Record<string, unknown>>): string;
  readonly stop: () => Promise<void>;
}

interface Login {
  readonly challenge: string;
  readonly nonce: string;
}

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const logins = new Map<string, Login>();
  const server = createServer((request, response) => {
    const target = new URL(request.url ?? "/", url());
    const json = (value: unknown): void =>
      void response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    switch (target.pathname) {
      case "/.well-known/openid-configuration":
        json({
          issuer: url(),
          jwks_uri: `${url()}/keys`,
          authorization_endpoint: `${url()}/auth`,
          token_endpoint: `${url()}/token`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        });
        return;
      case "/keys":
        json({
          keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }],
        });
        return;
      case "/auth": {
        const query = target.searchParams;
        const code = `code-${logins.size}`;
        logins.set(code, {
          challenge: query.get("code_challenge") ?? "",
          nonce: query.get("nonce") ?? "",
        });
        const back = new URL(query.get("redirect_uri") ?? "");
        back.searchParams.set("code", code);
        back.searchParams.set("state", query.get("state") ?? "");
        return void response.writeHead(302, { location: back.href }).end();
      }
      case "/token": {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        return void request.on("end", () => {
          const form = new URLSearchParams(body);
          const login = logins.get(form.get("code") ?? "");
          const verifier = createHash("sha256")
            .update(form.get("code_verifier") ?? "")
            .digest("base64url");
          if (login?.challenge !== verifier) return void response.writeHead(400).end();
          json({ id_token: token("person@example.com", { nonce: login.nonce }) });
        });
      }
      default:
        return void response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token: Issuer["token"] = (email, claims = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: url(),
      aud: "sigstore",
      sub: email,
      email,
      email_verified: true,
      iat: now,
      exp: now + 600,
    };
    const text = `${part({ alg: "RS256", kid: "1", typ: "JWT" })}.${part({ ...usual, ...claims })}`;
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: url(), token, stop };
}
