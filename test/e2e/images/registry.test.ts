import { hash, randomUUID } from "node:crypto";
import {
  attachBundle,
  createRegistry,
  createRegistryStore,
  type Credentials,
  type PinnedImage,
  readImage,
  type Registry,
} from "../../../core/src/oci/index.ts";
import { ensureRegistry } from "../../../scripts/tools/registry.ts";
import {
  type MadeImage,
  makeImage,
  makeIndex,
  PASSWORD,
  type RegistryService,
  startRegistry,
  USER,
  withReferrersApi,
} from "../../support/registry.ts";

const NAME = "acme/orders";
const RIGHT: Credentials = { kind: "password", username: USER, password: PASSWORD };
const WRONG: Credentials = { kind: "password", username: USER, password: "guessed" };

const services: { readonly stop: () => Promise<void> }[] = [];

beforeAll(async () => {
  await ensureRegistry();
}, 300_000);
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
});

async function started(access?: "anonymous" | "basic" | "token"): Promise<RegistryService> {
  const service = await startRegistry(access);
  services.push(service);
  return service;
}

const as = (credentials?: Credentials): Registry => createRegistry({ credentials: async () => credentials });
const pinned = (host: string, { sha256 }: MadeImage): PinnedImage => ({ registry: host, name: NAME, sha256 });

/** The bundles that a registry holds about an image, as texts, or codes. */
async function found(registry: Registry, image: PinnedImage): Promise<string[]> {
  const { candidates } = await createRegistryStore(registry).find({
    ...{ paths: [], digests: { sha256: image.sha256 }, image },
  });
  return candidates.map((candidate) =>
    "bytes" in candidate ? candidate.bytes.toString() : candidate.error.code,
  );
}

async function attach(
  registry: Registry,
  host: string,
  image: MadeImage,
  ...bundles: string[]
): Promise<void> {
  for (const bundle of bundles) {
    await attachBundle(
      registry,
      { ...pinned(host, image), mediaType: image.mediaType, size: image.size },
      { bundle: Buffer.from(bundle), predicateType: "https://example.com/type", createdAt: new Date() },
    );
  }
}

describe.each(["anonymous", "basic", "token"] as const)("a registry with %s access", (access) => {
  let host: string;
  const known = access === "anonymous" ? undefined : RIGHT;

  beforeAll(async () => {
    ({ host } = await started(access));
  });

  test("takes and gives images, indexes, and the bundles that refer to them", async () => {
    const registry = as(known);
    const where = { registry: host, name: NAME };
    const images = [
      await makeImage(registry, where),
      await makeImage(registry, where, { architecture: "arm64" }),
    ];
    const index = await makeIndex(registry, where, images, "v1");
    const image = pinned(host, index);
    expect((await registry.manifest(where, "v1")).sha256).toBe(index.sha256);
    expect((await readImage(registry, image)).members?.map(({ platform }) => platform)).toEqual([
      "linux/amd64",
      "linux/arm64",
    ]);
    expect(await found(registry, image)).toEqual([]);
    await attach(registry, host, index, "one", "two", "three");
    expect(await found(registry, image)).toEqual(["one", "two", "three"]);
    // A client of the next day, which knows neither tokens nor challenges yet.
    expect(await found(as(known), image)).toEqual(["one", "two", "three"]);
  });

  test("two that sign at the same moment are both found", async () => {
    const image = await makeImage(as(known), { registry: host, name: NAME }, { text: "both" });
    await Promise.all([attach(as(known), host, image, "a"), attach(as(known), host, image, "b")]);
    expect((await found(as(known), pinned(host, image))).sort()).toEqual(["a", "b"]);
  });
});

describe("without the right credentials", () => {
  test("a registry shows nothing", async () => {
    const { host } = await started("basic");
    for (const credentials of [undefined, WRONG]) {
      const image = { registry: host, name: NAME, sha256: "0".repeat(64) };
      await expect(readImage(as(credentials), image)).rejects.toMatchObject({
        code: "registry-unauthorized",
      });
      expect(await found(as(credentials), image)).toEqual(["registry-unauthorized"]);
    }
  });

  test("a token for pulling only does not push", async () => {
    const { host } = await started("token");
    await expect(makeImage(as(), { registry: host, name: NAME })).rejects.toMatchObject({
      code: "registry-unauthorized",
    });
    await expect(
      readImage(as(), { registry: host, name: NAME, sha256: "0".repeat(64) }),
    ).rejects.toMatchObject({ code: "image-not-found" });
  });
});

test("where a registry lists referrers by itself, its list counts, page by page, and no tag is written", async () => {
  const plain = await started();
  const api = await withReferrersApi(plain.url);
  services.push(api);
  const image = await makeImage(as(), { registry: api.host, name: NAME });
  await attach(as(), api.host, image, "one", "two", "three");
  expect(await found(as(), pinned(api.host, image))).toEqual(["one", "two", "three"]);
  expect(await found(as(), pinned(plain.host, image))).toEqual([]);
});

describe("referrers that are no bundles", () => {
  let host: string;
  let registry: Registry;
  let image: MadeImage;
  const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  beforeAll(async () => {
    ({ host } = await started());
    registry = as();
  });
  beforeEach(async () => {
    image = await makeImage(registry, { registry: host, name: NAME }, { text: randomUUID() });
    await attach(registry, host, image, "good");
  });

  /** Adds to the list under the tag as any tool may. */
  async function refer(manifest: object, listed: object): Promise<void> {
    const where = pinned(host, image);
    const bytes = Buffer.from(JSON.stringify(manifest));
    const sha256 = hash("sha256", bytes);
    await registry.putManifest(where, `sha256:${sha256}`, bytes, MANIFEST);
    const tag = `sha256-${image.sha256}`;
    const list = JSON.parse((await registry.manifest(where, tag)).bytes.toString()) as {
      manifests: object[];
    };
    list.manifests.push({ mediaType: MANIFEST, digest: `sha256:${sha256}`, size: bytes.length, ...listed });
    const type = "application/vnd.oci.image.index.v1+json";
    await registry.putManifest(where, tag, Buffer.from(JSON.stringify(list)), type);
  }

  async function manifestWith(layerType: string, ...contents: Buffer[]): Promise<Record<string, unknown>> {
    const where = pinned(host, image);
    const empty = await registry.putBlob(where, Buffer.from("{}"));
    const layers: object[] = [];
    for (const content of contents) {
      const digest = `sha256:${await registry.putBlob(where, content)}`;
      layers.push({ mediaType: layerType, digest, size: content.length });
    }
    const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: `sha256:${empty}`, size: 2 };
    return { schemaVersion: 2, mediaType: MANIFEST, config, layers };
  }

  test("another kind of artifact is passed over", async () => {
    await refer(await manifestWith("text/spdx", Buffer.from("sbom")), { artifactType: "text/spdx" });
    await refer(await manifestWith("text/spdx", Buffer.from("sbom 2")), {});
    expect(await found(registry, pinned(host, image))).toEqual(["good"]);
  });

  test("a bundle whose list entry does not say what it is counts", async () => {
    await refer(await manifestWith(BUNDLE, Buffer.from("unsaid")), {});
    expect(await found(registry, pinned(host, image))).toEqual(["good", "unsaid"]);
  });

  test("what says that it is a bundle and is not hides nothing", async () => {
    await refer(await manifestWith("text/plain", Buffer.from("x")), { artifactType: BUNDLE });
    await refer(await manifestWith(BUNDLE, Buffer.from("x"), Buffer.from("y")), { artifactType: BUNDLE });
    expect(await found(registry, pinned(host, image))).toEqual([
      "good",
      "bundle-malformed",
      "bundle-malformed",
    ]);
  });

  test("a huge one is not fetched", async () => {
    await refer(await manifestWith(BUNDLE, Buffer.alloc(6 << 20)), { artifactType: BUNDLE });
    expect(await found(registry, pinned(host, image))).toEqual(["good", "bundle-too-large"]);
  });
});
