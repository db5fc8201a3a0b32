import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readSigningConfig, readIdentityToken, signKeyless } from "../../../core/src/keyless/index.ts";
import { FnsealError } from "../../../core/src/errors.ts";
import { statement } from "../../../core/test/support.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore } from "../../support/sigstore.ts";

let sigstore: Sigstore;

beforeAll(async () => {
  await ensureSigstore();
  sigstore = await startSigstore();
}, 900_000);
afterAll(() => sigstore.stop());

/** A service that answers everything with a status; 0 is no answer at all. */
async function serving(status: number): Promise<{ url: string; close: () => void }> {
  const server = createServer((_request, response) => {
    if (status > 0) response.writeHead(status).end('{"message":"no"}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** What signing says where one service is another. */
async function failure(part: string, url: string): Promise<{ code: string; message: string }> {
  const now = new Date();
  const [service] = sigstore.signingConfig[part] as object[];
  const services = readSigningConfig({ ...sigstore.signingConfig, [part]: [{ ...service, url }] }, now);
  const token = readIdentityToken(sigstore.issuer.token("ci@example.com"), now);
  try {
    await signKeyless(statement(), { services, token, timeout: 4_000, retries: 0 });
  } catch (thrown) {
    if (thrown instanceof FnsealError) return { code: thrown.code, message: thrown.message };
    throw thrown;
  }
  return { code: "nothing thrown", message: "" };
}

const SERVICES = [
  ["the certificate authority", "caUrls"],
  ["the transparency log", "rekorTlogUrls"],
  ["the timestamp authority", "tsaUrls"],
] as const;

describe.each(SERVICES)("%s", (name, part) => {
  test.each([
    ["is slow", 0, "signing-service-unreachable"],
    ["fails", 500, "signing-service-unreachable"],
    ["is overloaded", 503, "signing-service-unreachable"],
    ["asks for patience", 429, "signing-service-unreachable"],
    ["refuses", 400, "signing-service-refused"],
    ["does not know who signs", 401, "signing-service-refused"],
    ["forbids it", 403, "signing-service-refused"],
    ["answers nonsense", 201, "signing-service-unreachable"],
  ])("that %s is told by its name and URL", async (_, status, code) => {
    const { url, close } = await serving(status);
    const told = await failure(part, url);
    close();
    expect({ code: told.code, message: told.message }).toEqual({ code, message: told.message });
    expect(told.message).toContain(name);
    expect(told.message).toContain(url);
  });
});
