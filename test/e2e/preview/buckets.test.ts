import type { IncomingMessage, ServerResponse } from "node:http";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { digestPath } from "@fnseal/core";
import { prefixesOf, bundleName } from "../../../verifier/src/store/index.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import type { Result } from "../../support/engine.ts";
import { startFaulty } from "../../support/registry/faulty.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signDigests } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";

const ci = newSigner();
const trust = trustPolicy({ ci });
const BUNDLES = "acme-bundles";
const CODE = "acme-code";

jest.setTimeout(120_000);

describe("buckets of the policy pack's configuration", () => {
  const { project: newProject } = projects();
  let emulator: Emulator;
  let s3: S3Client;
  let signed: string;
  let unsigned: string;

  beforeAll(async () => {
    emulator = await startEmulator();
    s3 = new S3Client({ ...emulator.config(), forcePathStyle: true });
    for (const Bucket of [BUNDLES, CODE]) await s3.send(new CreateBucketCommand({ Bucket }));
    const Status = "Enabled";
    await s3.send(new PutBucketVersioningCommand({ Bucket: CODE, VersioningConfiguration: { Status } }));
    const upload = async (content: string): Promise<string> => {
      const Body = zipOf({ "index.js": content });
      const { VersionId = "" } = await s3.send(new PutObjectCommand({ Bucket: CODE, Key: "code.zip", Body }));
      return VersionId;
    };
    signed = await upload("exports.handler = async () => 1;");
    unsigned = await upload("exports.handler = async () => 2;");
  });
  afterAll(() => emulator.stop());

  /** Signs what is at a path and keeps the bundle in the bucket only, as `fnseal push` does. */
  async function signInto(path: string): Promise<void> {
    const { digests } = await digestPath(path);
    const bundle = Buffer.from(await signDigests(ci, digests));
    for (const prefix of prefixesOf(digests)) {
      await s3.send(
        new PutObjectCommand({ Bucket: BUNDLES, Key: `${prefix}${bundleName(bundle)}`, Body: bundle }),
      );
    }
  }

  const preview = (
    project: Awaited<ReturnType<typeof newProject>>,
    config: object,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Result> =>
    project.preview({
      policyPacks: [fnseal({ trustPolicy: trust, ...config })],
      env: { ...emulator.environment, ...env },
    });

  test("a bundle that only a bucket has counts, where the bucket is configured", async () => {
    const project = await newProject(`fn("orders", { code: zip("./dist") });`, {
      files: { "dist/index.js": "exports.handler = async () => 1;" },
    });
    await signInto(within(project, "dist"));
    expect(reportsOf(await preview(project, {}))).toEqual(["orders lambda-code-signed [bundle-not-found]"]);
    expect(reportsOf(await preview(project, { bundleStores: [`s3://${BUNDLES}?region=us-east-1`] }))).toEqual(
      [],
    );
  });

  test("a bucket that cannot be asked leaves it undecided, and names no bundle as missing", async () => {
    const project = await newProject(`fn("orders", { code: zip("./dist") });`, {
      files: { "dist/index.js": "1" },
    });
    const gone = await preview(project, { bundleStores: ["s3://nobodys-bucket"] });
    expect(reportsOf(gone)).toEqual(["orders lambda-code-signed [bundle-store-unreachable]"]);
    const nowhere = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    const offline = await preview(project, { bundleStores: [`s3://${BUNDLES}`] }, nowhere);
    expect(reportsOf(offline)).toEqual(["orders lambda-code-signed [bundle-store-unreachable]"]);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ["says nothing", () => undefined],
    ["begins and stops", (_, response) => void response.writeHead(200).write("<List")],
    ["answers 503 to all", (_, response) => response.writeHead(503).end()],
  ])("a store that %s: all functions wait for it once, what lies here is enough", async (_, answer) => {
    const server = await startFaulty(answer);
    try {
      const names = ["a", "b", "c", "d"];
      const project = await newProject(
        names.map((name) => `fn("${name}", { code: zip("./${name}") });`).join("\n"),
        { files: Object.fromEntries(names.map((name) => [`${name}/index.js`, name])) },
      );
      const { digests } = await digestPath(within(project, "d"));
      put(within(project, "d.sigstore.json"), await signDigests(ci, digests));
      const start = Date.now();
      const env = { AWS_ENDPOINT_URL: server.url };
      const result = await preview(project, { bundleStores: [`s3://${BUNDLES}`] }, env);
      const seconds = (Date.now() - start) / 1000;
      expect(reportsOf(result)).toEqual(
        ["a", "b", "c"].map((name) => `${name} lambda-code-signed [bundle-store-unreachable]`),
      );
      expect(messageAbout(result, "a")).toContain("to mend it: ");
      // 20 for the store, the rest for the preview itself.
      expect(seconds).toBeLessThan(45);
    } finally {
      await server.stop();
    }
  });

  test("code in S3 is read by its version where that is configured", async () => {
    const project = await newProject(`
      const at = (s3ObjectVersion) => ({ s3Bucket: "${CODE}", s3Key: "code.zip", s3ObjectVersion });
      fn("signed", at("${signed}"));
      fn("unsigned", at("${unsigned}"));
      fn("unpinned", { s3Bucket: "${CODE}", s3Key: "code.zip" });
      fn("gone", at("no-such-version"));
    `);
    const path = within(project, "code.zip");
    put(path, zipOf({ "index.js": "exports.handler = async () => 1;" }));
    await signInto(path);
    const config = { bundleStores: [`s3://${BUNDLES}`], readS3Code: true };
    const judged = await preview(project, config);
    expect(reportsAbout(judged, "signed").filter((report) => report.includes("code-signed"))).toEqual([]);
    expect(reportsAbout(judged, "unsigned")).toEqual(["unsigned lambda-code-signed [bundle-not-found]"]);
    expect(reportsAbout(judged, "unpinned")).toContain("unpinned lambda-code-signed [s3-unread]");
    expect(messageAbout(judged, "unpinned")).toContain("without its version");
    expect(reportsAbout(judged, "gone")).toEqual(["gone lambda-code-signed [s3-unread]"]);
    const off = await preview(project, { bundleStores: [`s3://${BUNDLES}`] });
    expect(reportsAbout(off, "signed")).toEqual(["signed lambda-code-signed [s3-unread]"]);
  });

  test("an address that is none is refused by its field", async () => {
    const project = await newProject(`fn("orders", { code: zip("./dist") });`, {
      files: { "dist/index.js": "1" },
    });
    const wrong = await preview(project, { bundleStores: ["https://acme-bundles"] });
    expect(wrong.exitCode).not.toBe(0);
    // By the engine, which has the pattern from the pack's schema.
    expect(wrong.stdout + wrong.stderr).toContain("bundleStores");
  });
});
