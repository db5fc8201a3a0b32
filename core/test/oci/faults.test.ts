import type { ServerResponse } from "node:http";
import {
  createRegistry,
  createRegistryStore,
  type Credentials,
  readImage,
  type Registry,
} from "../../src/oci/index.ts";
import { type FaultyServer, startFaulty } from "../../../test/support/registry/faulty.ts";

const HEX = "0".repeat(64);
const SECRET: Credentials = { kind: "password", username: "ci", password: "hunter2" };

const servers: FaultyServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serving(...parameters: Parameters<typeof startFaulty>): Promise<FaultyServer> {
  const server = await startFaulty(...parameters);
  servers.push(server);
  return server;
}

const client = (timeout = 5000, credentials: Credentials | undefined = SECRET): Registry =>
  createRegistry({ credentials: async () => credentials, timeout });

const image = (registry: string): { registry: string; name: string; sha256: string } => ({
  registry,
  name: "orders",
  sha256: HEX,
});

/** What comes of reading an image, and of looking for its bundles. */
async function outcomes(registry: Registry, host: string): Promise<string[]> {
  const read = await readImage(registry, image(host)).then(
    () => "read",
    (thrown: unknown) => (thrown as { code: string }).code,
  );
  const { candidates } = await createRegistryStore(registry).find({
    ...{ paths: [], digests: { sha256: HEX }, image: image(host) },
  });
  return [read, ...candidates.map((candidate) => ("error" in candidate ? candidate.error.code : "a bundle"))];
}

const page = "<html><title>Log in to the network</title></html>";

test.concurrent.each<[string, (response: ServerResponse) => void, string[]]>([
  ["403", (response) => response.writeHead(403).end(), ["registry-denied", "registry-denied"]],
  ["404", (response) => response.writeHead(404).end(), ["image-not-found"]],
  ["429", (response) => response.writeHead(429).end(), ["registry-throttled", "registry-throttled"]],
  [
    "429 for an hour",
    (response) => response.writeHead(429, { "retry-after": "3600" }).end(),
    ["registry-throttled", "registry-throttled"],
  ],
  ["500", (response) => response.writeHead(500).end("oops"), ["registry-failed", "registry-failed"]],
  [
    "418",
    (response) => response.writeHead(418).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  ["a login page", (response) => response.end(page), ["image-digest-mismatch", "registry-answer-invalid"]],
  [
    "401 without a challenge",
    (response) => response.writeHead(401).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  [
    "401 whatever it is shown",
    (response) => response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
    ["registry-unauthorized", "registry-unauthorized"],
  ],
  [
    "a token service that is none",
    (response) => response.writeHead(401, { "www-authenticate": 'Bearer realm="no url"' }).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  [
    "a token service without TLS elsewhere",
    (response) =>
      response.writeHead(401, { "www-authenticate": 'Bearer realm="http://192.0.2.1/token"' }).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  ["a cut connection", (response) => response.destroy(), ["registry-unreachable", "registry-unreachable"]],
  [
    "a list without end",
    (response) => response.end(Buffer.alloc(5 << 20, "[")),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  [
    "a redirect in a ring",
    (response) => response.writeHead(307, { location: "/v2/" }).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  [
    "a redirect to plain HTTP elsewhere",
    (response) => response.writeHead(302, { location: "http://192.0.2.1/" }).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
  [
    "a redirect to a file",
    (response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    ["registry-answer-invalid", "registry-answer-invalid"],
  ],
])("a registry that answers with %s", async (_, answer, expected) => {
  const { host, stop } = await startFaulty((_request, response) => answer(response));
  expect(await outcomes(client(), host).finally(stop)).toEqual(expected);
});

test("nobody listens, or no such host: one wait for all images", async () => {
  const { host, stop } = await startFaulty(() => undefined);
  await stop();
  const registry = client();
  expect(await outcomes(registry, host)).toEqual(["registry-unreachable", "registry-unreachable"]);
  expect(await outcomes(client(), "registry.invalid")).toEqual([
    "registry-unreachable",
    "registry-unreachable",
  ]);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["says nothing", () => undefined],
  ["begins and stops", (response) => void response.writeHead(200).write("{")],
])("a registry that %s is given up in time, and not asked again", async (_, answer) => {
  const server = await serving((_request, response) => answer(response));
  const registry = client(300);
  expect(await outcomes(registry, server.host)).toEqual(["registry-unreachable", "registry-unreachable"]);
  const { length } = server.asked;
  await outcomes(registry, server.host);
  expect(server.asked).toHaveLength(length);
});

test("what passes is tried again", async () => {
  let count = 0;
  const server = await serving((_request, response) => {
    count += 1;
    response.writeHead(count < 3 ? 503 : 404).end();
  });
  await expect(readImage(client(), image(server.host))).rejects.toMatchObject({ code: "image-not-found" });
  expect(count).toBe(3);
});

test("credentials stay with the registry that they are for", async () => {
  const elsewhere = await serving((_request, response) => response.writeHead(404).end());
  const server = await serving((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    } else response.writeHead(307, { location: `${elsewhere.url}/moved` }).end();
  });
  await expect(readImage(client(), image(server.host))).rejects.toMatchObject({ code: "image-not-found" });
  expect(server.asked.map(({ authorization }) => authorization)).toEqual([
    undefined,
    expect.stringMatching(/^Basic /),
  ]);
  expect(elsewhere.asked).toEqual([{ line: "GET /moved", authorization: undefined }]);
});

test("no credentials stand in what is told", async () => {
  const { host } = await serving((_request, response) =>
    response
      .writeHead(403)
      .end(JSON.stringify({ errors: [{ code: "DENIED", message: "no\u001b[2J\nway" }] })),
  );
  const thrown: unknown = await readImage(client(), image(host)).catch((error: unknown) => error);
  expect((thrown as Error).message).toContain("DENIED no\\u001b[2J\\nway");
  expect(JSON.stringify(thrown)).not.toContain("hunter2");
});

test("a token with a line break in it is none", async () => {
  const server = await serving((request, response) => {
    if (request.url?.startsWith("/token")) response.end(JSON.stringify({ token: "a\r\nx-evil: 1" }));
    else
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="http://${request.headers.host ?? ""}/token"` })
        .end();
  });
  await expect(readImage(client(), image(server.host))).rejects.toMatchObject({
    code: "registry-answer-invalid",
  });
});
