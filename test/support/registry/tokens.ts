import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PASSWORD, USER } from "./start.ts";

const SERVICE = "registry.test";
const ISSUER = "tokens.test";

export interface Tokens {
  /** `auth.token` of the registry's configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly stop: () => Promise<void>;
}

/** A token service: anyone may pull, and who shows USER's password may push as well. Source: distribution, "Token Authentication". */
export async function startTokens(folder: string): Promise<Tokens> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwks = join(folder, "jwks.json");
  const key = { ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "ES256" };
  writeFileSync(jwks, JSON.stringify({ keys: [key] }));
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://127.0.0.1").searchParams;
    const [, name, wanted = ""] = (query.get("scope") ?? "").split(":");
    const isUser =
      request.headers.authorization === `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
    const actions = wanted.split(",").filter((action) => isUser || action === "pull");
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{
        iss: ISSUER,
        sub: isUser ? USER : "",
        aud: SERVICE,
        iat: now,
        nbf: now - 5,
        exp: now + 300,
        jti: randomUUID(),
      },
      access: [{ type: "repository", name, actions }],
    };
    const text = `${part({ alg: "ES256", kid: "1", typ: "JWT" })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ token: `${text}.${signature.toString("base64url")}` }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    settings: {
      realm: `http://127.0.0.1:${port}/token`,
      service: SERVICE,
      issuer: ISSUER,
      jwks,
      signingalgorithms: ["ES256"],
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
