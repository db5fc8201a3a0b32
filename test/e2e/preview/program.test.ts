import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ensureYaml } from "../../../scripts/tools/yaml.ts";
import type { Project, Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { program } from "../support/program.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, passed, reportsOf } from "../support/reports.ts";
import { newSigner, type ProgramApproval, put, signBeside, signProgram } from "../support/signing.ts";

const ci = newSigner();
const stranger = newSigner();
const RULE = "program-signed";
const STACK = "demo-dev";
const rule = { signedBy: "ci", programs: ["demo/*"] };
const lines = `fn("orders", { code: zip("./code") }); new Bucket("bucket", { bucket: "b" });`;
const INTEGRITY = `sha512-${"A".repeat(86)}==`;

interface Use {
  readonly rule?: object;
  readonly policy?: object;
  readonly config?: object;
  readonly others?: object;
}

const pack = ({ rule: other = {}, policy = {}, config = {}, others = { [RULE]: "mandatory" } }: Use = {}) => {
  const document = trustPolicy({ ci }, { rules: [{ signedBy: "ci" }, { ...rule, ...other }], ...policy });
  return { policyPacks: [fnseal({ trustPolicy: document, ...config }, others)] };
};

/** What the rule said of the program; it says it of the resource that comes first. */
const said = (result: Result): string[] => reportsOf(result).filter((line) => line.includes(RULE));
const rejected = (code: string): string[] => [`${STACK} ${RULE} [${code}]`];

describe("the rule program-signed", () => {
  const { project: newProject } = projects();
  let project: Project;

  /** A project with a signed function whose program is signed too, unless that is to be tried. */
  const make = async (options: Parameters<typeof newProject>[1] = {}, code = lines): Promise<Project> => {
    const made = await newProject(code, options);
    put(within(made, join(options.main ?? "", "code/index.js")), "1");
    await signBeside(ci, within(made, join(options.main ?? "", "code")));
    return made;
  };
  const sign = (approval?: ProgramApproval, who = ci) => signProgram(who, project.folder, approval);

  beforeAll(async () => {
    project = await make({ files: { "lib/names.js": "exports.a = 1;\n" } });
  });

  test("is off: an unsigned program passes", async () => {
    const preview = await project.preview(pack({ others: {} }));
    expect(reportsOf(preview)).toEqual([]);
    expect(preview.exitCode).toBe(0);
  });

  test("rejects a program that nobody signed, once, and says how to mend it; up creates nothing", async () => {
    const preview = await project.preview(pack());
    expect(reportsOf(preview)).toEqual(rejected("bundle-not-found"));
    expect(messageAbout(preview, STACK)).toContain("npx fnseal sign . --program");
    expect(preview.exitCode).not.toBe(0);

    const up = await project.up(pack());
    expect(said(up).length).toBeGreaterThan(0);
    expect(up.exitCode).not.toBe(0);
    expect(project.awsCalls()).toEqual([]);
    const { stdout } = await project.pulumi(["stack", "export", "--stack", "dev"]);
    const state = JSON.parse(stdout) as { deployment: { resources?: unknown[] } };
    expect(state.deployment.resources ?? []).toEqual([]);
  });

  test("passes what was signed, at preview and at up, and again after it", async () => {
    await sign();
    const preview = await project.preview(pack());
    expect(reportsOf(preview)).toEqual([]);
    expect(passed(preview, STACK, RULE)).toBe(true);
    const up = await project.up(pack());
    expect({ reports: reportsOf(up), exitCode: up.exitCode }).toEqual({ reports: [], exitCode: 0 });
    expect(project.awsCalls().length).toBeGreaterThan(0);
    expect(reportsOf(await project.preview(pack()))).toEqual([]);
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      "one byte changed",
      (folder) => put(join(folder, "lib/names.js"), "exports.a = 2;\n"),
      "changed: lib/names.js",
    ],
    [
      "line ends changed",
      (folder) => put(join(folder, "lib/names.js"), "exports.a = 1;\r\n"),
      "line ends only",
    ],
    ["a file added", (folder) => put(join(folder, "lib/evil.js"), "1"), "added: lib/evil.js"],
    ["a hidden file added", (folder) => put(join(folder, ".npmrc"), "registry=x"), "added: .npmrc"],
    [
      "compiled code added",
      (folder) => put(join(folder, "__pycache__/a.pyc"), "x"),
      "added: __pycache__/a.pyc",
    ],
    ["a file removed", (folder) => rmSync(join(folder, "lib/names.js")), "removed: lib/names.js"],
    [
      "a file renamed",
      (folder) => renameSync(join(folder, "lib/names.js"), join(folder, "lib/b.js")),
      "added: lib/b.js",
    ],
    [
      "the stack's configuration changed",
      (folder) =>
        put(join(folder, "Pulumi.dev.yaml"), `${readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")}\n# x`),
      "changed: Pulumi.dev.yaml",
    ],
    [
      "a lock file added",
      (folder) => put(join(folder, "package-lock.json"), "{}"),
      "added: package-lock.json",
    ],
  ])("rejects %s, and names the file", async (_, change, message) => {
    const before = ["lib/names.js", "Pulumi.dev.yaml"].map(
      (name) => [name, readFileSync(within(project, name))] as const,
    );
    change(project.folder);
    try {
      const preview = await project.preview(pack());
      expect(said(preview)).toEqual(rejected("program-changed"));
      expect(messageAbout(preview, STACK)).toContain(message);
      expect(messageAbout(preview, STACK)).toMatch(/as ci signed (it|them)/);
    } finally {
      for (const name of ["lib/evil.js", ".npmrc", "__pycache__", "lib/b.js", "package-lock.json"]) {
        rmSync(within(project, name), { recursive: true, force: true });
      }
      for (const [name, content] of before) put(within(project, name), content);
    }
  });

  test.each<[string, Use, ProgramApproval, typeof ci, string]>([
    ["by somebody else", {}, {}, stranger, "signer-not-trusted"],
    ["for another project", {}, { programs: ["payments/*"] }, ci, "program-not-covered"],
    ["for another stack", {}, { programs: ["demo/prod"] }, ci, "program-not-covered"],
    ["that no rule is about", { rule: { programs: ["payments/*"] } }, {}, ci, "no-rule-matches"],
    ["that leaves code out", {}, { exclude: ["lib"] }, ci, "program-exclusion-not-allowed"],
  ])("rejects a signature %s", async (_, use, approval, who, code) => {
    await sign(approval, who);
    expect(said(await project.preview(pack(use)))).toEqual(rejected(code));
  });

  test("lets a signature leave out what the rule names, and then does not see changes there", async () => {
    await sign({ exclude: ["lib"] });
    put(within(project, "lib/more.js"), "1");
    const allowed = pack({ rule: { allowedExclusions: ["lib"] } });
    expect(said(await project.preview(allowed))).toEqual([]);
    put(within(project, "more.js"), "1");
    const preview = await project.preview(allowed);
    expect(said(preview)).toEqual(rejected("program-changed"));
    expect(messageAbout(preview, STACK)).toContain("added: more.js");
    rmSync(within(project, "more.js"));
    rmSync(within(project, "lib/more.js"));
  });

  test("does not take the function's signature, nor a deployment file's, for the program's", async () => {
    rmSync(within(project, "program.sigstore.json"));
    put(within(project, "program.sigstore.json"), readFileSync(within(project, "code.sigstore.json")));
    expect(said(await project.preview(pack()))).toEqual(rejected("bundle-other-artifact"));
  });

  test("an exception lets it pass with a notice; a configuration that is off rejects", async () => {
    rmSync(within(project, "program.sigstore.json"));
    const exceptions = [{ programs: ["demo/dev"], reason: "moving house", until: "2100-01-01" }];
    const exempt = await project.preview(pack({ policy: { exceptions } }));
    expect(reportsOf(exempt)).toEqual([`${STACK} ${RULE} [exempt] (notice)`]);
    expect(exempt.exitCode).toBe(0);
    const others = { [RULE]: "mandatory", "fnseal-config": { enforcementLevel: "disabled" } };
    expect(said(await project.preview(pack({ others })))[0]).toContain("[config-disabled]");
  });

  test("is undecided in a folder that is not the program's", async () => {
    await sign();
    const elsewhere = within(project, "../elsewhere");
    mkdirSync(elsewhere);
    const preview = await project.preview(pack({ config: { programFolder: elsewhere } }));
    expect(said(preview)).toEqual(rejected("artifact-empty"));
  });

  test("wants a lock file where there are dependencies, and what is installed as it says", async () => {
    const own = await make();
    // The tests' modules lie above, as in a workspace; beside the program there is what its lock file names.
    renameSync(within(own, "node_modules"), within(own, "../node_modules"));
    const a = { "node_modules/a": { version: "1.0.0", integrity: INTEGRITY } };
    put(within(own, "package.json"), JSON.stringify({ name: "demo", dependencies: { a: "1" } }));
    await signProgram(ci, own.folder);
    expect(said(await own.preview(pack()))).toEqual(rejected("lock-missing"));

    put(within(own, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...a } }));
    put(within(own, "node_modules/.package-lock.json"), JSON.stringify({ packages: a }));
    put(within(own, "node_modules/a/index.js"), "1");
    await signProgram(ci, own.folder);
    expect(said(await own.preview(pack()))).toEqual([]);

    put(within(own, "node_modules/b/index.js"), "1");
    const preview = await own.preview(pack());
    expect(said(preview)).toEqual(rejected("installed-differs"));
    expect(messageAbout(preview, STACK)).toContain("node_modules/b");
  });

  test("knows main in a folder below, and rejects one that leads out", async () => {
    const below = await make({ main: "infra/" });
    await signProgram(ci, below.folder);
    expect(reportsOf(await below.preview(pack()))).toEqual([]);
    put(within(below, "README.md"), "x");
    expect(said(await below.preview(pack()))).toEqual(rejected("program-changed"));

    const out = await make();
    put(within(out, "../other/index.js"), program(`new Bucket("bucket", { bucket: "b" });`));
    symlinkSync(within(out, "node_modules"), within(out, "../node_modules"), "dir");
    put(within(out, "Pulumi.yaml"), `main: ../other\n${readFileSync(within(out, "Pulumi.yaml"), "utf8")}`);
    await signProgram(ci, out.folder);
    expect(said(await out.preview(pack()))).toEqual(rejected("program-main-outside"));
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      "a symlink out of the folder",
      (folder) => symlinkSync("/etc/hostname", join(folder, "l")),
      "artifact-symlink-outside",
    ],
    ["a symlink to a folder", (folder) => symlinkSync("code", join(folder, "l")), "artifact-symlink-folder"],
    ["symlinks in a circle", (folder) => symlinkSync("l", join(folder, "l")), "artifact-unreadable"],
    ["a line break in a name", (folder) => put(join(folder, "a\nb.js"), ""), "artifact-name-newline"],
    ["300 MB", (folder) => put(join(folder, "huge"), Buffer.alloc(300 << 20)), "artifact-too-large"],
  ])("never passes %s", async (_, spoil, code) => {
    const own = await make();
    await signProgram(ci, own.folder);
    spoil(own.folder);
    expect(said(await own.preview(pack()))).toEqual(rejected(code));
  });

  test("reads 5,000 files once a run", async () => {
    const own = await make();
    for (let file = 0; file < 5000; file++)
      put(within(own, `src/${file % 50}/file-${file}.ts`), `export const a = ${file};`);
    await signProgram(ci, own.folder);
    expect(reportsOf(await own.preview(pack()))).toEqual([]);
    put(within(own, "src/7/file-7.ts"), "evil");
    const preview = await own.preview(pack());
    expect(said(preview)).toEqual(rejected("program-changed"));
    expect(messageAbout(preview, STACK)).toContain("1 file is not as ci signed it: changed: src/7/file-7.ts");
  });
});

describe("a program in YAML", () => {
  const { project: newProject } = projects();
  beforeAll(() => ensureYaml(), 600_000);

  test("is its Pulumi.yaml and what lies beside it", async () => {
    const project = await newProject("", {
      runtime: "yaml",
      files: {
        "Main.yaml": "resources:\n  bucket:\n    type: aws:s3/bucket:Bucket\n    properties: { bucket: b }\n",
      },
    });
    await signProgram(ci, project.folder);
    const preview = await project.preview(pack());
    expect({ reports: reportsOf(preview), exitCode: preview.exitCode }).toEqual({ reports: [], exitCode: 0 });
    put(within(project, "Main.yaml"), `${readFileSync(within(project, "Main.yaml"), "utf8")}\n# x\n`);
    expect(said(await project.preview(pack()))).toEqual(rejected("program-changed"));
  });
});
