import { symlinkSync } from "node:fs";
import { digestPath } from "@fnseal/core";
import type { Project } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { hasStackTrace, messageAbout, passed, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside, signDigests } from "../support/signing.ts";

const ci = newSigner();
const orders = { functions: ["orders-*"], layers: [] };

/** Code and a name that nobody knows before `first` was created. */
const unknown = (name: string, path: string): string => `
  const first = fn("first", { code: zip("./good") });
  fn("code", { code: first.arn.apply(() => zip("./${path}")) });
  fn("name", { code: zip("./orders"), name: first.arn.apply(() => "${name}") });
`;

describe("what a preview cannot know is decided by up, before the resource is created", () => {
  const { project: newProject } = projects();
  const withCode = async (lines: string): Promise<Project> => {
    const project = await newProject(lines);
    for (const name of ["good", "bad", "orders"]) put(within(project, `${name}/index.js`), name);
    await signBeside(ci, within(project, "good"));
    await signBeside(ci, within(project, "orders"), orders);
    return project;
  };
  const pack = (more: object = {}) => ({
    policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }), ...more })],
  });
  const created = (project: Project): string[] =>
    project
      .awsCalls()
      .map(({ urn }) => urn.split("::").at(-1) ?? "")
      .sort();

  test("unknown code and names pass the preview with a notice; up creates what is signed for", async () => {
    const project = await withCode(unknown("orders-1", "good"));
    const preview = await project.preview(pack());
    expect(reportsOf(preview)).toEqual([
      "code lambda-code-signed [code-unknown] (notice)",
      "name lambda-code-signed [name-unknown] (notice)",
    ]);
    expect(preview.exitCode).toBe(0);

    const up = await project.up(pack());
    expect(reportsOf(up)).toEqual([]);
    expect(up.exitCode).toBe(0);
    expect(created(project)).toEqual(["code", "first", "name"]);
  });

  test("up never creates a function whose code turns out to be unsigned, or to be signed for another", async () => {
    const project = await withCode(unknown("payments", "bad"));
    const preview = await project.preview(pack());
    expect(preview.exitCode).toBe(0);

    const up = await project.up(pack());
    const reports = reportsOf(up);
    expect(reports.length).toBeGreaterThan(0);
    expect([
      "code lambda-code-signed [bundle-not-found]",
      "name lambda-code-signed [function-not-covered]",
    ]).toEqual(expect.arrayContaining(reports));
    expect(up.exitCode).not.toBe(0);
    expect(created(project)).toEqual(["first"]);
  });

  test("up takes nothing for unknown because a program says so", async () => {
    // What the engine's protocol writes for a text that is not known yet.
    const project = await withCode(`fn("forged", { code: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });`);
    const up = await project.up(pack());
    expect(reportsOf(up)).toEqual(["forged lambda-code-signed [code-missing]"]);
    expect(created(project)).toEqual([]);
  });

  test("onUnknown: reject rejects both at preview already", async () => {
    const project = await withCode(unknown("orders-1", "good"));
    const preview = await project.preview(pack({ onUnknown: "reject" }));
    expect(reportsOf(preview)).toEqual([
      "code lambda-code-signed [code-unknown]",
      "name lambda-code-signed [name-unknown]",
    ]);
    expect(preview.exitCode).not.toBe(0);
  });

  test("of good and bad functions preview shows every bad one, and up creates at most the good ones", async () => {
    const lines = `fn("good", { code: zip("./good") }); fn("orders-1", { code: zip("./orders") });
      fn("payments", { code: zip("./orders") }); fn("bad", { code: zip("./bad") });`;
    const project = await withCode(lines);
    const preview = await project.preview(pack());
    expect(reportsOf(preview)).toEqual([
      "bad lambda-code-signed [bundle-not-found]",
      "payments lambda-code-signed [function-not-covered]",
    ]);
    expect(passed(preview, "good", "lambda-code-signed")).toBe(true);
    expect(passed(preview, "orders-1", "lambda-code-signed")).toBe(true);
    expect(preview.exitCode).not.toBe(0);

    const up = await project.up(pack());
    expect(up.exitCode).not.toBe(0);
    expect(created(project).filter((name) => ["bad", "payments"].includes(name))).toEqual([]);
  });
});

describe("functions that are there already, or not meant", () => {
  const { project: newProject } = projects();
  const pack = { policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }), bundleFolders: ["bundles"] })] };

  test("a new function outside --target is not judged; the target is", async () => {
    const project = await newProject(`
      const target = fn("target", { code: zip("./good") });
      fn("outside", { code: zip("./bad") });
    `);
    put(within(project, "good/index.js"), "good");
    put(within(project, "bad/index.js"), "bad");
    await signBeside(ci, within(project, "good"));
    const target = "urn:pulumi:dev::demo::aws:lambda/function:Function::target";
    const preview = await project.preview({ ...pack, args: ["--target", target] });
    expect(reportsOf(preview)).toEqual([]);
    expect(passed(preview, "target", "lambda-code-signed")).toBe(true);
    expect(preview.exitCode).toBe(0);
  });

  test("with ignoreChanges: [code] what stays deployed is judged, not what lies in the folder", async () => {
    const project = await newProject(`
      fn("kept", { code: zip("./code") }, { ignoreChanges: ["code"] });
      fn("unsigned", { code: zip("./other") }, { ignoreChanges: ["code"] });
    `);
    const code = within(project, "code");
    put(`${code}/index.js`, "first");
    put(within(project, "other/index.js"), "first, unsigned");
    const { digests } = await digestPath(code);
    put(
      within(project, `bundles/pulumiArchive/${digests.pulumiArchive ?? ""}/a.sigstore.json`),
      await signDigests(ci, digests),
    );
    expect(await project.up()).toMatchObject({ exitCode: 0 });
    put(`${code}/index.js`, "second, unsigned");
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual(["unsigned lambda-code-signed [bundle-not-found]"]);
    expect(passed(preview, "kept", "lambda-code-signed")).toBe(true);
  });

  test("ignoreChanges on a new function gains a forged hash nothing, at preview or at up", async () => {
    const project = await newProject("");
    put(within(project, "signed/index.js"), "signed");
    put(within(project, "evil/index.js"), "evil");
    const { engineHash = "" } = await signBeside(ci, within(project, "signed"));
    const { digests } = await digestPath(within(project, "signed"));
    put(
      within(project, `bundles/pulumiArchive/${engineHash}/a.sigstore.json`),
      await signDigests(ci, digests),
    );
    const line = `new pulumi.CustomResource("aws:lambda/function:Function", "evil", {
      role: "r", handler: "h", code: Object.assign(new pulumi.asset.FileArchive("./evil"), { hash: "${engineHash}" }),
    }, { ignoreChanges: ["code"] });`;
    put(within(project, "index.js"), `const pulumi = require("@pulumi/pulumi"); ${line}`);
    const preview = await project.preview(pack);
    expect(reportsAbout(preview, "evil")).toEqual(["evil lambda-code-signed [engine-hash-mismatch]"]);
    await project.up(pack);
    expect(project.awsCalls()).toEqual([]);
  });
});

describe("code that cannot be read", () => {
  const { project: newProject } = projects();
  const pack = { policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }), bundleFolders: ["bundles"] })] };

  test("is undecided, which does not pass", async () => {
    const project = await newProject("");
    put(within(project, "loop/index.js"), "1");
    // The engine reads what has no hash; what it was told a hash of, it leaves alone.
    put(
      within(project, "index.js"),
      `const pulumi = require("@pulumi/pulumi");
       const { FileArchive, AssetArchive, RemoteArchive } = pulumi.asset;
       const hash = "0".repeat(64);
       const fn = (name, code) => new pulumi.CustomResource("aws:lambda/function:Function", name, { name, role: "r", code });
       fn("empty", new AssetArchive({}));
       fn("missing", Object.assign(new FileArchive("./nowhere"), { hash }));
       fn("folder-for-a-zip", Object.assign(new FileArchive("./folder.zip"), { hash }));
       fn("file-for-a-folder", Object.assign(new FileArchive("./file"), { hash }));
       fn("endless-link", Object.assign(new FileArchive("./linked"), { hash }));
       fn("remote", Object.assign(new RemoteArchive("http://127.0.0.1:9/code.zip"), { hash }));
       fn("nothing", undefined);`,
    );
    put(within(project, "folder.zip/index.js"), "1");
    put(within(project, "file"), "1");
    put(within(project, "linked/index.js"), "1");
    symlinkSync("b", within(project, "linked/a"));
    symlinkSync("a", within(project, "linked/b"));
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual([
      "empty lambda-code-signed [artifact-empty]",
      "endless-link lambda-code-signed [artifact-unreadable]",
      "file-for-a-folder lambda-code-signed [artifact-unsupported]",
      "folder-for-a-zip lambda-code-signed [artifact-unsupported]",
      "missing lambda-code-signed [artifact-not-found]",
      "nothing lambda-code-signed [code-missing]",
      "remote lambda-code-signed [artifact-remote]",
    ]);
    expect(preview.exitCode).not.toBe(0);
    expect(hasStackTrace(preview)).toBe(false);
  });

  test.each(["./nowhere", "./nowhere.zip"])("the engine itself ends where %s is missing", async (path) => {
    const project = await newProject(`fn("missing", { code: zip("${path}") });`);
    const preview = await project.preview(pack);
    expect(preview.exitCode).not.toBe(0);
    expect(
      preview.judgements.filter(
        ({ outcome, policy, urn }) =>
          outcome === "passed" && policy === "lambda-code-signed" && urn.endsWith("::missing"),
      ),
    ).toEqual([]);
  });

  test("an empty text is judged: it passes when signed and is rejected when not", async () => {
    const project = await newProject(`
      fn("signed", { code: new AssetArchive({ "index.js": new StringAsset("") }) });
      fn("unsigned", { code: new AssetArchive({ "other.js": new StringAsset("") }) });
    `);
    put(within(project, "signed/index.js"), "");
    const { digests } = await digestPath(within(project, "signed"));
    put(
      within(project, `bundles/dirHash/${digests.dirHash ?? ""}/ci.sigstore.json`),
      await signDigests(ci, digests),
    );
    const preview = await project.preview(pack);
    expect(reportsOf(preview)).toEqual(["unsigned lambda-code-signed [bundle-not-found]"]);
    expect(passed(preview, "signed", "lambda-code-signed")).toBe(true);
    expect(messageAbout(preview, "unsigned")).toContain("`bundleFolders` of fnseal-config");
  });
});
