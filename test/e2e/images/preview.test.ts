import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BUNDLE_MEDIA_TYPE,
  attachBundle,
  createRegistry,
  type Registry,
} from "../../../core/src/oci/index.ts";
import { ensureRegistry } from "../../../scripts/tools/registry.ts";
import type { Result } from "../../support/engine.ts";
import {
  type MadeImage,
  makeImage,
  makeIndex,
  PASSWORD,
  type RegistryService,
  startRegistry,
  USER,
  writeDockerConfig,
} from "../../support/registry.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects } from "../support/projects.ts";
import { messageAbout, passed, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, signDigests, type Signer } from "../support/signing.ts";

const ci = newSigner();
const stranger = newSigner();
const policy = trustPolicy({ ci });

let service: RegistryService;
let registry: Registry;
let docker: string;

beforeAll(async () => {
  await ensureRegistry();
  service = await startRegistry("basic");
  docker = mkdtempSync(join(tmpdir(), "fnseal-docker-"));
  writeDockerConfig(docker, service.host);
  registry = createRegistry({
    credentials: async () => ({ kind: "password", username: USER, password: PASSWORD }),
  });
}, 300_000);
afterAll(async () => {
  await service.stop();
  rmSync(docker, { recursive: true, force: true });
});

const where = (): { registry: string; name: string } => ({ registry: service.host, name: "acme/orders" });
const named = ({ sha256 }: { readonly sha256: string }): string =>
  `${service.host}/acme/orders@sha256:${sha256}`;
const made = (text: string, architecture = "amd64"): Promise<MadeImage> =>
  makeImage(registry, where(), { text, architecture });

async function attach(image: MadeImage, signer: Signer, functions = ["*"]): Promise<void> {
  const bundle = await signDigests(signer, { sha256: image.sha256 }, { functions });
  await attachText(image, bundle);
}

async function attachText(image: MadeImage, bundle: string): Promise<void> {
  const attachment = { bundle: Buffer.from(bundle), predicateType: BUNDLE_MEDIA_TYPE, createdAt: new Date() };
  await attachBundle(registry, { ...where(), ...image }, attachment);
}

const image = (name: string, uri: string, more = ""): string =>
  `fn(${JSON.stringify(name)}, { packageType: "Image", imageUri: ${JSON.stringify(uri)}, ${more} });`;
const arm64 = 'architectures: ["arm64"]';

describe("images that a program deploys, where registries may be asked", () => {
  const { project: newProject } = projects();
  let result: Result;
  let pinned: MadeImage;

  beforeAll(async () => {
    const [signed, unsigned, others, narrow] = [
      await made("signed"),
      await made("unsigned"),
      await made("others"),
      await made("narrow"),
    ];
    await attach(signed, ci);
    await attach(others, stranger);
    await attach(narrow, ci, ["payments-*"]);
    const garbage = await made("garbage");
    await attachText(garbage, "{");
    const beside = await made("beside");
    await attachText(beside, "{");
    await attach(beside, ci);
    const whole = await makeIndex(registry, where(), [await made("a"), await made("b", "arm64")]);
    await attach(whole, ci);
    const half = [await made("c"), await made("d", "arm64")] as const;
    await attach(half[0], ci);
    const partly = await makeIndex(registry, where(), half);
    pinned = await makeImage(registry, where(), { tag: "v1", text: "before" });
    await attach(pinned, ci);
    const project = await newProject(
      [
        image("signed", named(signed)),
        image("unsigned", named(unsigned)),
        image("by-a-stranger", named(others)),
        image("for-others", named(narrow)),
        image("garbage", named(garbage)),
        image("garbage-beside", named(beside)),
        image("index", named(whole)),
        image("index-arm64", named(whole), arm64),
        image("partly", named(partly)),
        image("partly-arm64", named(partly), arm64),
        image("other-platform", named(await makeIndex(registry, where(), [signed])), arm64),
        image("missing", named({ sha256: "0".repeat(64) })),
        image("down", `registry.invalid/acme/orders@sha256:${"1".repeat(64)}`),
        image("tag", `${service.host}/acme/orders:v1`),
        image("pinned", named(pinned)),
        `nativeFn("native", { packageType: "Image", code: { imageUri: ${JSON.stringify(named(signed))} } });`,
        `nativeFn("native-unsigned", { packageType: "Image", code: { imageUri: ${JSON.stringify(named(unsigned))} } });`,
      ].join("\n"),
    );
    const config = { trustPolicy: policy, registryBundles: true, registryTimeout: 10 };
    const uses = { policyPacks: [fnseal(config)], env: { DOCKER_CONFIG: docker } };
    // The tag moves after it was looked at.
    result = await project.preview(uses);
    await makeImage(registry, where(), { tag: "v1", text: "after" });
    expect(reportsAbout(await project.preview(uses), "pinned")).toEqual([]);
  }, 300_000);

  test.each(["signed", "garbage-beside", "index", "index-arm64", "partly", "pinned", "native"])(
    "%s passes",
    (name) => {
      expect(reportsAbout(result, name)).toEqual([]);
      expect(passed(result, name, "lambda-code-signed")).toBe(true);
    },
  );

  test.each([
    ["unsigned", "bundle-not-found"],
    ["by-a-stranger", "signer-not-trusted"],
    ["for-others", "function-not-covered"],
    ["garbage", "bundle-truncated"],
    ["partly-arm64", "bundle-not-found"],
    ["other-platform", "image-no-platform"],
    ["missing", "image-not-found"],
    ["down", "registry-unreachable"],
    ["native-unsigned", "bundle-not-found"],
  ])("%s does not pass: %s", (name, code) => {
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [${code}]`]);
    expect(messageAbout(result, name)).not.toContain(PASSWORD);
  });

  test("a tag does not pass, whatever it points to", () => {
    expect(reportsAbout(result, "tag")).toEqual([
      "tag lambda-code-signed [image-not-pinned]",
      "tag lambda-source-pinned [image-not-pinned]",
    ]);
  });

  test("nothing else is reported; the message names the image of the index, and the command", () => {
    expect(reportsOf(result)).toHaveLength(11);
    expect(result.exitCode).not.toBe(0);
    expect(messageAbout(result, "partly-arm64")).toMatch(/\(linux\/arm64, sha256:[0-9a-f]{16}…\)/);
    expect(messageAbout(result, "unsigned")).toContain(`npx fnseal sign ${service.host}/acme/orders@sha256:`);
  });
});

describe("without the registry", () => {
  const { project: newProject } = projects();

  test("no network is used unless the configuration says so; bundles in place are enough", async () => {
    const signed = await made("locked");
    await attach(signed, ci);
    const uri = `registry.invalid/acme/orders@sha256:${"2".repeat(64)}`;
    const bundle = await signDigests(ci, { sha256: "2".repeat(64) });
    const project = await newProject([image("locked", named(signed)), image("offline", uri)].join("\n"));
    const config = { trustPolicy: policy, bundles: [bundle] };
    const result = await project.preview({ policyPacks: [fnseal(config)], env: { DOCKER_CONFIG: docker } });
    expect(reportsOf(result)).toEqual(["locked lambda-code-signed [bundle-other-artifact]"]);
    expect(passed(result, "offline", "lambda-code-signed")).toBe(true);
    // A registry that does not answer takes nothing from what lies here.
    const asking = await project.preview({
      ...{ policyPacks: [fnseal({ ...config, registryBundles: true })], env: { DOCKER_CONFIG: docker } },
    });
    expect(reportsOf(asking)).toEqual([]);
    expect(asking.exitCode).toBe(0);
    writeDockerConfig(docker, service.host, "guessed");
    const locked = await project.preview({
      ...{ policyPacks: [fnseal({ ...config, registryBundles: true })], env: { DOCKER_CONFIG: docker } },
    });
    writeDockerConfig(docker, service.host);
    expect(reportsOf(locked)).toEqual(["locked lambda-code-signed [registry-unauthorized]"]);
  });
});
