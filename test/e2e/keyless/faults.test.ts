import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { readSigningConfig, readIdentityToken, signKeyless } from "../../../core/src/keyless/index.ts";
import { FnsealError } from "../../../core/src/errors.ts";
import { statement } from "../../../core/test/support.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { startSigstore, withRekorV1 } from "../../support/sigstore.ts";
import { KeylessDesk } from "./support/desk.ts";

let sigstore: Awaited<ReturnType<typeof withRekorV1>>;

beforeAll(async () => {
  await ensureSigstore();
  sigstore = await withRekorV1(await startSigstore());
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

type Parts = "caUrls" | "rekorTlogUrls" | "tsaUrls";

/** What signing says where one service is another. */
async function failure(part: Parts, service: object): Promise<{ code: string; message: string }> {
  const now = new Date();
  const services = readSigningConfig({ ...sigstore.signingConfig, [part]: [service] }, now);
  const token = readIdentityToken(sigstore.issuer.token("ci@example.com"), now);
  try {
    await signKeyless(statement(), { services, token, timeout: 4_000, retries: 0 });
  } catch (thrown) {
    if (thrown instanceof FnsealError) return { code: thrown.code, message: thrown.message };
    throw thrown;
  }
  return { code: "nothing thrown", message: "" };
}

const VALID = { operator: "x", validFor: { start: "2020-01-01T00:00:00Z" } };
const SERVICES: readonly (readonly [string, string, Parts, number])[] = [
  ["the certificate authority", "the certificate authority", "caUrls", 1],
  ["the transparency log (Rekor v1)", "the transparency log", "rekorTlogUrls", 1],
  ["the transparency log (Rekor v2)", "the transparency log", "rekorTlogUrls", 2],
  ["the timestamp authority", "the timestamp authority", "tsaUrls", 1],
];

describe.each(SERVICES)("%s", (_name, told, part, majorApiVersion) => {
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
    const failed = await failure(part, { url, majorApiVersion, ...VALID });
    close();
    expect({ ...failed, code: failed.code }).toEqual({ ...failed, code });
    expect(failed.message).toContain(told);
    expect(failed.message).toContain(url);
  });

  test("that is not there is told, and nothing is written", async () => {
    const desk = new KeylessDesk(sigstore);
    desk.configure({ [part]: [{ url: "http://127.0.0.1:9", majorApiVersion, ...VALID }] });
    expect(await desk.signAsCi()).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("[signing-service-unreachable]") as string,
    });
    expect(desk.said).toContain(told);
    expect(desk.isSigned).toBe(false);
    desk.remove();
  });
});

/** A way to a log on which the first answers are lost, though what was asked is done. */
async function losing(answers: number, upstream: string): Promise<{ url: string; close: () => void }> {
  let left = answers;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "GET", url = "/", headers } = incoming;
      const outgoing = request(new URL(url, upstream), { method, headers }, (answer) => {
        if (left-- > 0) {
          answer.resume();
          response.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      outgoing.end(Buffer.concat(chunks));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe("a log that has the entry, but its answer was lost", () => {
  const sign = async (majorApiVersion: number): Promise<string> => {
    const log = majorApiVersion === 1 ? sigstore.rekorV1 : sigstore.rekor;
    const { url, close } = await losing(1, log.url);
    const desk = new KeylessDesk(sigstore);
    try {
      desk.configure({ rekorTlogUrls: [{ url, majorApiVersion, ...VALID }] });
      const { code, stderr } = await desk.signAsCi();
      return code === 0 ? await desk.verdict() : `${code} ${/\[([a-z-]+)\]/.exec(stderr)?.[1] ?? stderr}`;
    } finally {
      close();
      desk.remove();
    }
  };

  test("Rekor v1 is asked again, and the entry is found", async () => {
    expect(await sign(1)).toBe("0 verified");
  });

  test("Rekor v2 only says that it has it: another run signs anew", async () => {
    expect(await sign(2)).toBe("3 signing-service-unreachable");
  });
});

test("a signing config that is none", async () => {
  const desk = new KeylessDesk(sigstore);
  desk.configure({ mediaType: "application/vnd.dev.sigstore.signingconfig.v9+json" });
  expect(await desk.signAsCi()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("[signing-config-invalid]") as string,
  });
  expect(desk.isSigned).toBe(false);
  desk.remove();
});
