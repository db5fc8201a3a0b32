import {
  AddLayerVersionPermissionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
} from "@aws-sdk/client-lambda";
import {
  type Configuration,
  createCodeStatement,
  digestPath,
  sealConfiguration,
  signStatement,
} from "@fnseal/core";
import type { Project } from "../../support/engine.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signDigests } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";

const ci = newSigner();
const { project: newProject } = projects();
const CODE = { "code/index.js": "exports.handler = async () => 1;" };

/** Only layers are sealed: the rest of this is not looked at. */
const layersOnly = (layers: Configuration["layers"]): Configuration => ({
  ...{ handler: null, runtime: null, architectures: [], role: null, environment: {} },
  ...{ layers, fileSystems: [], vpc: null, imageConfig: null },
});

/** A project whose code is signed with layers that hold what is in these folders, by digest alone. */
async function sealedProject(lines: string, files: Record<string, string>, sealed: readonly string[]) {
  const project = await newProject(lines, { files: { ...CODE, ...files } });
  const contents = await Promise.all(
    sealed.map(async (folder) => (await digestPath(within(project, folder))).digests),
  );
  const layers = sealed.map(() => undefined);
  const configuration = await sealConfiguration(layersOnly(layers), ["layers"], undefined, contents);
  await sign(project, configuration);
  for (const folder of ["base", "extra"].filter((name) => `${name}/a.js` in files)) {
    const { digests } = await digestPath(within(project, folder));
    put(`${within(project, folder)}.sigstore.json`, await signDigests(ci, digests));
  }
  return project;
}

async function sign(project: Project, configuration: Awaited<ReturnType<typeof sealConfiguration>>) {
  const { digests } = await digestPath(within(project, "code"));
  const about = { name: "code", digests, functions: ["*"], layers: [], signedAt: new Date(), configuration };
  put(within(project, "code.sigstore.json"), await signStatement(createCodeStatement(about), ci.key));
}

const pack = (more: object = {}, policy: object = {}) => ({
  policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }, policy), ...more })],
});

const BASE = `const base = new Layer("base", { layerName: "base", code: zip("./base") });`;
const EXTRA = `const extra = new Layer("extra", { layerName: "extra", code: zip("./extra") });`;

jest.setTimeout(300_000);

describe("layers that are sealed by what they hold, published by the same program", () => {
  const files = { "base/a.js": "1", "extra/a.js": "2" };
  const uses = (layers: string) => `fn("orders", { code: zip("./code"), layers: [${layers}] });`;

  test("the one that was sealed passes before its ARN is known, and at up", async () => {
    const project = await sealedProject(`${BASE} ${uses("base.arn")}`, files, ["base"]);
    expect(reportsOf(await project.preview(pack()))).toEqual([]);
    const up = await project.up(pack());
    expect([reportsOf(up), up.exitCode]).toEqual([[], 0]);
    // Once it is there its ARN is known.
    expect(reportsOf(await project.preview(pack()))).toEqual([]);
  });

  test("another one is rejected at preview though its ARN is not known", async () => {
    const project = await sealedProject(`${EXTRA} ${uses("extra.arn")}`, files, ["base"]);
    const preview = await project.preview(pack());
    expect(reportsOf(preview)).toEqual(["orders lambda-code-signed [configuration-differs]"]);
    expect(messageAbout(preview, "orders")).toContain("layers[0] holds something else");
  });

  test.each([
    ["one more", "base.arn, extra.arn"],
    ["none", ""],
  ])("%s is rejected at preview", async (_what, layers) => {
    const project = await sealedProject(`${BASE} ${EXTRA} ${uses(layers)}`, files, ["base"]);
    expect(reportsAbout(await project.preview(pack()), "orders")).toEqual([
      "orders lambda-code-signed [configuration-differs]",
    ]);
  });

  test.each([
    ["right", "base.arn, extra.arn", []],
    ["turned round", "extra.arn, base.arn", ["orders lambda-code-signed [configuration-differs]"]],
  ])("which of several is meant is decided at up: %s", async (_what, layers, expected) => {
    const project = await sealedProject(`${BASE} ${EXTRA} ${uses(layers)}`, files, ["base", "extra"]);
    expect(reportsAbout(await project.preview(pack()), "orders")).toEqual([
      "orders lambda-code-signed [configuration-unknown] (notice)",
    ]);
    const up = await project.up(pack());
    expect(reportsAbout(up, "orders")).toEqual(expected);
    const created = project.awsCalls().map(({ urn }) => urn.split("::").at(-1));
    expect(created.includes("orders")).toBe(expected.length === 0);
  });
});

describe("layers that functions name by ARN, read with the caller's credentials", () => {
  const VENDOR = "998877665544";
  const good = zipOf({ "nodejs/a.js": "signed" });
  const bad = zipOf({ "nodejs/a.js": "not signed" });
  let emulator: Emulator;
  let arns: Readonly<Record<"own" | "granted" | "unsigned" | "withdrawn", string>>;
  let project: Project;

  const clientOf = (accessKeyId: string): LambdaClient =>
    new LambdaClient({
      ...emulator.config("eu-west-1"),
      credentials: { accessKeyId, secretAccessKey: "test" },
    });

  async function publish(account: string | undefined, LayerName: string, ZipFile: Buffer): Promise<string> {
    const client = account === undefined ? new LambdaClient(emulator.config("eu-west-1")) : clientOf(account);
    const published = await client.send(new PublishLayerVersionCommand({ LayerName, Content: { ZipFile } }));
    if (account !== undefined)
      await client.send(
        new AddLayerVersionPermissionCommand({
          ...{ LayerName, VersionNumber: published.Version, StatementId: "all", Principal: "*" },
          Action: "lambda:GetLayerVersion",
        }),
      );
    return published.LayerVersionArn ?? "";
  }

  beforeAll(async () => {
    emulator = await startEmulator({ auth: false });
    arns = {
      own: await publish(undefined, "own", good),
      granted: await publish(VENDOR, "granted", good),
      unsigned: await publish(VENDOR, "unsigned", bad),
      withdrawn: await publish(VENDOR, "withdrawn", good),
    };
    const { own, granted, unsigned, withdrawn } = arns;
    await clientOf(VENDOR).send(
      new RemoveLayerVersionPermissionCommand({
        LayerName: "withdrawn",
        VersionNumber: 1,
        StatementId: "all",
      }),
    );
    const lines = [
      `const plain = (name, ...layers) => fn(name, { code: zip("./plain"), layers });`,
      `const sealed = (name, ...layers) => fn(name, { code: zip("./code"), layers });`,
      ...Object.entries({ own, granted, unsigned, withdrawn }).map(
        ([name, arn]) => `plain("${name}", "${arn}");`,
      ),
      `plain("gone", "${own.replace(/1$/, "7")}");`,
      `plain("no-arn", "own:1");`,
      `sealed("sealed", "${granted}");`,
      `sealed("sealed-other", "${unsigned}");`,
      `sealed("sealed-unreadable", "${withdrawn}");`,
    ];
    project = await newProject(lines.join("\n"), {
      files: { ...CODE, "plain/index.js": "exports.handler = async () => 2;" },
    });
    put(within(project, "good.zip"), good);
    const layer = await digestPath(within(project, "good.zip"));
    const folder = `fnseal/bundles/sha256/${layer.digests.sha256 ?? ""}`;
    put(within(project, `${folder}/good.sigstore.json`), await signDigests(ci, layer.digests));
    const plain = await digestPath(within(project, "plain"));
    put(within(project, "plain.sigstore.json"), await signDigests(ci, plain.digests));
    await sign(
      project,
      await sealConfiguration(layersOnly([undefined]), ["layers"], undefined, [layer.digests]),
    );
  });
  afterAll(() => emulator.stop());

  const preview = (config: object, env: Record<string, string> = {}, policy: object = {}) =>
    project.preview({
      ...pack({ bundleFolders: ["fnseal/bundles"], ...config }, policy),
      env: { ...emulator.environment, AWS_REGION: "eu-west-1", ...env },
    });

  test("are verified, rejected or undecided by what they hold, in other accounts too", async () => {
    const result = await preview({ readLayers: true });
    expect(reportsOf(result)).toEqual([
      "gone lambda-layer-signed [layer-unreadable]",
      "no-arn lambda-layer-signed [layer-not-trusted]",
      "sealed-other lambda-code-signed [configuration-differs]",
      "sealed-other lambda-layer-signed [bundle-not-found]",
      "sealed-unreadable lambda-code-signed [layer-content-unknown]",
      "sealed-unreadable lambda-layer-signed [layer-unreadable]",
      "unsigned lambda-layer-signed [bundle-not-found]",
      "withdrawn lambda-layer-signed [layer-unreadable]",
    ]);
    expect(messageAbout(result, "withdrawn")).toContain("lambda:GetLayerVersion");
  });

  test("are not asked for where the configuration does not say so", async () => {
    const result = await preview({}, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    const all = ["gone", "granted", "no-arn", "own", "sealed", "sealed-other", "sealed-unreadable"];
    expect(reportsOf(result)).toEqual(
      [
        ...[...all, "unsigned", "withdrawn"].map((name) => `${name} lambda-layer-signed [layer-not-trusted]`),
        ...["sealed", "sealed-other", "sealed-unreadable"].map(
          (name) => `${name} lambda-code-signed [layer-content-unknown]`,
        ),
      ].sort(),
    );
  });

  test("that a pattern trusts are read only where a signature binds what they hold", async () => {
    const trustedLayers = [{ arn: `arn:aws:lambda:eu-west-1:${VENDOR}:layer:*:*` }];
    const result = await preview({ readLayers: true }, {}, { trustedLayers });
    expect(reportsOf(result)).toEqual([
      "gone lambda-layer-signed [layer-unreadable]",
      "no-arn lambda-layer-signed [layer-not-trusted]",
      "sealed-other lambda-code-signed [configuration-differs]",
      "sealed-unreadable lambda-code-signed [layer-content-unknown]",
    ]);
  });
});
