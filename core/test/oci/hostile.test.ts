import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { assertAsSafe } from "../../src/oci/http.ts";
import {
  attachBundle,
  createRegistry,
  createRegistryStore,
  readImage,
  type Registry,
} from "../../src/oci/index.ts";
import { type FaultyServer, startFaulty } from "../../../test/support/registry/faulty.ts";
import { sha256 } from "../support.ts";

/** What a registry, or whoever may push to it, can do to those who ask it. */
const HEX = "0".repeat(64);
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const servers: FaultyServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serving(...parameters: Parameters<typeof startFaulty>): Promise<FaultyServer> {
  const server = await startFaulty(...parameters);
  servers.push(server);
  return server;
}

const client = (timeout = 5000): Registry =>
  createRegistry({
    credentials: async () => ({ kind: "password", username: "ci", password: "hunter2" }),
    timeout,
  });

const image = (registry: string): { registry: string; name: string; sha256: string } => ({
  registry,
  name: "orders",
  sha256: HEX,
});

/** What comes of looking for an image's bundles: their texts, or codes. */
async function bundles(server: FaultyServer, registry = client()): Promise<string[]> {
  const { candidates } = await createRegistryStore(registry).find({
    ...{ paths: [], digests: { sha256: HEX }, image: image(server.host) },
  });
  return candidates.map((candidate) =>
    "bytes" in candidate ? candidate.bytes.toString() : candidate.error.code,
  );
}

interface Entry {
  readonly digest: string;
  readonly artifactType?: string;
}

const list = (entries: readonly Entry[]): string =>
  JSON.stringify({
    schemaVersion: 2,
    manifests: entries.map((entry) => ({ mediaType: MANIFEST, size: 2, ...entry })),
  });

/** A referrer that holds a bundle, and what a registry has for it. */
function referrer(text: string): { readonly entry: Entry; readonly documents: Record<string, string> } {
  const [config, layer] = ["{}", text].map((content) => ({
    ...{ mediaType: BUNDLE, digest: `sha256:${sha256(content)}`, size: Buffer.byteLength(content) },
  }));
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
  const digest = `sha256:${sha256(manifest)}`;
  return {
    entry: { digest, artifactType: BUNDLE },
    documents: { [digest]: manifest, [`sha256:${sha256(text)}`]: text },
  };
}

/** A registry that lists these, and has these documents by digest. */
const listing = (entries: readonly Entry[], documents: Readonly<Record<string, string>>) =>
  serving((request, response) => {
    const { url = "" } = request;
    if (url.includes("/referrers/")) return void response.end(list(entries));
    const found = documents[url.slice(url.lastIndexOf("/") + 1)];
    if (found === undefined) response.writeHead(404).end();
    else response.end(found);
  });

const others = (count: number, artifactType = "text/spdx"): Entry[] =>
  Array.from({ length: count }, (_, index) => ({ digest: `sha256:${sha256(String(index))}`, artifactType }));

describe("thousands of referrers", () => {
  const good = referrer("good");

  test("of other kinds hide no bundle, and are not fetched", async () => {
    const server = await listing([...others(5000), good.entry], good.documents);
    expect(await bundles(server)).toEqual(["good"]);
    expect(server.asked).toHaveLength(3);
  });

  test("that say they are bundles: the oldest are read, and that there are more is told", async () => {
    const first = await listing([good.entry, ...others(3000, BUNDLE)], good.documents);
    const found = await bundles(first);
    expect(found).toHaveLength(201);
    expect([found[0], found[1], found.at(-1)]).toEqual(["good", "image-not-found", "bundle-too-many"]);
    const last = await listing([...others(3000, BUNDLE), good.entry], good.documents);
    expect(new Set(await bundles(last))).toEqual(new Set(["image-not-found", "bundle-too-many"]));
  });

  test("page after page without end: ten pages are read, and that there are more is told", async () => {
    const server = await serving((request, response) => {
      const page = Number(new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("n") ?? 0);
      response.setHeader("link", `</v2/orders/referrers/sha256:${HEX}?n=${page + 1}>; rel="next"`);
      response.end(list(others(1)));
    });
    expect(await bundles(server)).toEqual(["bundle-too-many"]);
    expect(server.asked).toHaveLength(10);
  });

  test("a list that breaks off between two pages is no whole list", async () => {
    const server = await serving((request, response) => {
      if (request.url?.includes("?") === true) return void response.writeHead(404).end();
      response.setHeader("link", `</v2/orders/referrers/sha256:${HEX}?n=1>; rel="next"`);
      response.end(list([]));
    });
    expect(await bundles(server)).toEqual(["bundle-too-many"]);
  });

  test("one more is signed and found beside a thousand", async () => {
    let tagged = list(others(1500));
    const server = await serving((request, response) => {
      const { method, url = "" } = request;
      if (method === "POST") return void response.writeHead(202, { location: "/v2/upload" }).end();
      if (method === "GET") {
        if (url.includes("/referrers/")) response.writeHead(404).end();
        else response.end(tagged);
        return;
      }
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (url.includes(`/manifests/sha256-${HEX}`)) tagged = Buffer.concat(chunks).toString();
        response.writeHead(201).end();
      });
    });
    const subject = { ...image(server.host), mediaType: MANIFEST, size: 2 };
    const made = await attachBundle(client(), subject, {
      ...{ bundle: Buffer.from("one more"), predicateType: "https://example.com", createdAt: new Date() },
    });
    const { manifests } = JSON.parse(tagged) as { manifests: { digest: string }[] };
    expect(manifests).toHaveLength(1501);
    expect(manifests.at(-1)?.digest).toBe(`sha256:${made}`);
  });
});

describe("answers that are too much", () => {
  test.each<[string, (response: ServerResponse) => void]>([
    [
      "256 MiB that are sent as a few hundred kilobytes",
      (response) => {
        response.setHeader("content-encoding", "gzip");
        response.end(BOMB);
      },
    ],
    ["a list nested a million times", (response) => response.end("[".repeat(1 << 20) + "]".repeat(1 << 20))],
    ["bytes without end", (response) => pour(response)],
    ["no list", (response) => response.end('{"schemaVersion":2,"manifests":{"__proto__":[]}}')],
    [
      "a digest that is a path",
      (response) => response.end(list([{ digest: "sha256:../../../etc/passwd", artifactType: BUNDLE }])),
    ],
  ])("%s: undecided, in bounded memory and time", async (_, answer) => {
    const server = await serving((request, response) => {
      if (request.url?.includes("/referrers/") === true) answer(response);
      else response.writeHead(404).end();
    });
    const before = process.memoryUsage().rss;
    const start = Date.now();
    expect(await bundles(server)).toEqual(["registry-answer-invalid"]);
    expect(Date.now() - start).toBeLessThan(5000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  test("a bundle that is said to be small and is not", async () => {
    const { entry, documents } = referrer("small");
    const server = await listing([entry], {
      ...documents,
      [`sha256:${sha256("small")}`]: "large".repeat(1000),
    });
    expect(await bundles(server)).toEqual(["bundle-too-large"]);
  });

  test("many large bundles: as many as fit are read", async () => {
    const large = Array.from({ length: 6 }, (_, index) => referrer(String(index).repeat(4 << 20)));
    const documents = Object.assign({}, ...large.map((one) => one.documents)) as Record<string, string>;
    const server = await listing(
      large.map(({ entry }) => entry),
      documents,
    );
    const found = await bundles(server);
    expect(found.map((text) => text.slice(0, 20))).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => String(index).repeat(20)),
      "bundle-too-large",
    ]);
  });

  test("a byte now and then: the whole answer has to come in time", async () => {
    const server = await serving((_request, response) => {
      const timer = setInterval(() => response.write("["), 50);
      response.once("close", () => clearInterval(timer));
    });
    const start = Date.now();
    expect(await bundles(server, client(500))).toEqual(["registry-unreachable"]);
    expect(Date.now() - start).toBeLessThan(2000);
  });
});

const BOMB = gzipSync(Buffer.alloc(256 << 20), { level: 1 });

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(1 << 16, " ");
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}

describe("credentials", () => {
  /** A registry that wants a password and then answers so. */
  const asking = (answer: (url: string, method: string, response: ServerResponse) => void) =>
    serving((request, response) => {
      if (request.headers.authorization !== undefined)
        answer(request.url ?? "", request.method ?? "", response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    });

  test("do not go to where another page of the list is said to be", async () => {
    const elsewhere = await serving((_request, response) => response.end(list([])));
    const server = await asking((_url, _method, response) => {
      response.setHeader("link", `<${elsewhere.url}/more>; rel="next"`);
      response.end(list([]));
    });
    expect(await bundles(server)).toEqual([]);
    expect(elsewhere.asked).toEqual([{ line: "GET /more", authorization: undefined }]);
  });

  test("do not go to where an upload is said to belong", async () => {
    const elsewhere = await serving((_request, response) => response.writeHead(201).end());
    const server = await asking((_url, _method, response) =>
      response.writeHead(202, { location: `${elsewhere.url}/put` }).end(),
    );
    await client().putBlob(image(server.host), Buffer.from("{}"));
    expect(elsewhere.asked).toEqual([
      { line: expect.stringMatching(/^PUT \/put\?digest=/) as string, authorization: undefined },
    ]);
  });

  test("are not asked for by another host in the registry's name", async () => {
    const elsewhere = await serving((_request, response) =>
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
    );
    const server = await asking((_url, _method, response) =>
      response.writeHead(307, { location: `${elsewhere.url}/moved` }).end(),
    );
    await expect(readImage(client(), image(server.host))).rejects.toMatchObject({
      code: "registry-unauthorized",
    });
    expect(elsewhere.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test("a registry with TLS leads to nothing without", () => {
    const from = new URL("https://registry.example/v2/");
    expect(() => assertAsSafe(from, new URL("https://tokens.example/"))).not.toThrow();
    for (const to of ["http://127.0.0.1:8080/", "http://registry.example/", "file:///etc/passwd"]) {
      expect(() => assertAsSafe(from, new URL(to))).toThrow(
        expect.objectContaining({ code: "registry-answer-invalid" }) as Error,
      );
    }
  });

  test("a token that ended is fetched anew, once for each question", async () => {
    let tokens = 0;
    const server = await serving((request, response) => {
      const { url = "", headers } = request;
      if (url.startsWith("/token")) return void response.end(JSON.stringify({ token: `t${++tokens}` }));
      // Each token is good for one question.
      if (headers.authorization === `Bearer t${tokens}` && url.includes(`fresh`)) {
        tokens += 100;
        return void response.writeHead(404).end();
      }
      const realm = `http://${headers.host ?? ""}/token`;
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
    });
    const registry = client();
    const ask = () => registry.manifest({ registry: server.host, name: "fresh" }, "v1");
    await expect(ask()).rejects.toMatchObject({ code: "image-not-found" });
    await expect(ask()).rejects.toMatchObject({ code: "image-not-found" });
    await expect(registry.manifest({ registry: server.host, name: "never" }, "v1")).rejects.toMatchObject({
      code: "registry-unauthorized",
    });
    expect(server.asked.filter(({ line }) => line.includes("/token"))).toHaveLength(4);
  });
});
