import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project, RunSettings } from "../../support/engine.ts";
import {
  copyFolder,
  linkModules,
  removeFolder,
  temporaryFolder,
  writeFiles,
} from "../../support/engine/folder.ts";
import { fnseal, packFolder } from "../support/pack.ts";
import { program } from "../support/program.ts";
import { projects, within } from "../support/projects.ts";
import { passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";

const ci = newSigner();
const policy = `version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n`;
const config = { trustPolicyFile: "fnseal/trust-policy.yaml", bundleFolders: ["bundles"] };
const lines = `fn("good", { code: zip("./good") }); fn("bad", { code: zip("./bad") });`;
const verdicts = ["bad lambda-code-signed [bundle-not-found]"];

describe("wherever pulumi is started, the verdicts are the same", () => {
  const { project: newProject } = projects();
  const temporary: string[] = [];
  const newFolder = (): string => {
    const folder = temporaryFolder("elsewhere");
    temporary.push(folder);
    return folder;
  };
  let root: Project;
  let app: Project;

  /** The code beside the program, the trust policy beside Pulumi.yaml. */
  const fill = async (project: Project, main = ""): Promise<void> => {
    for (const name of ["good", "bad"]) put(within(project, join(main, name, "index.js")), name);
    await signBeside(ci, within(project, join(main, "good")));
    put(within(project, "fnseal/trust-policy.yaml"), policy);
    put(within(project, "fnseal/fnseal.pub"), ci.publicPem);
    put(within(project, "deep/er/readme"), "");
  };

  beforeAll(async () => {
    root = await newProject(lines);
    await fill(root);
    app = await newProject(lines, { main: "app/" });
    await fill(app, "app");
  });

  afterAll(() => temporary.forEach(removeFolder));

  const expectSame = async (project: Project, settings: RunSettings, path = packFolder): Promise<void> => {
    const preview = await project.preview({ policyPacks: [fnseal(config, {}, path)], ...settings });
    expect(reportsOf(preview)).toEqual(verdicts);
    expect(passed(preview, "good", "lambda-code-signed")).toBe(true);
    expect(preview.exitCode).not.toBe(0);
  };

  /** A folder with a project of the same name whose "bad" is signed and whose "good" is not. */
  const twin = async (): Promise<string> => {
    const folder = newFolder();
    writeFiles(folder, {
      "Pulumi.yaml": "name: demo\nruntime: nodejs\n",
      "bad/index.js": "bad!",
      "good/index.js": "!",
    });
    writeFiles(folder, { "fnseal/trust-policy.yaml": policy, "fnseal/fnseal.pub": ci.publicPem });
    await signBeside(ci, join(folder, "bad"));
    return folder;
  };

  test("from a folder below the project", () => expectSame(root, { cwd: "deep/er" }));

  test("with -C from a folder of the same project name with other code", async () => {
    await expectSame(root, { cwd: await twin(), args: ["-C", root.folder] });
  });

  test("with PWD pointing there", async () => {
    const folder = await twin();
    await expectSame(root, { env: { PWD: folder } });
  });

  test("without PWD, and main a folder", () => expectSame(app, { env: { PWD: "" } }));

  test("with main a file", async () => {
    const file = await newProject("", { files: { "app/program.js": program(lines) } });
    await fill(file, "app");
    put(within(file, "Pulumi.yaml"), `main: app/program.js\n${readProject(file)}`);
    await expectSame(file, { cwd: "deep" });
  });

  test("with a pack in another folder", async () => {
    const folder = newFolder();
    copyFolder(packFolder, folder);
    linkModules(folder);
    await expectSame(root, {}, folder);
  });

  test.each<[string, (folder: string) => { field?: object; env?: Record<string, string> }]>([
    ["programFolder", (folder) => ({ field: { programFolder: folder } })],
    ["FNSEAL_PROGRAM_FOLDER", (folder) => ({ env: { FNSEAL_PROGRAM_FOLDER: folder } })],
  ])("%s names the folder; a wrong one gains nothing", async (_, set) => {
    const right = set(join(app.folder, "app"));
    const settings = { env: right.env ?? {} };
    const preview = await app.preview({ policyPacks: [fnseal({ ...config, ...right.field })], ...settings });
    expect(reportsOf(preview)).toEqual(verdicts);

    const { field, env = {} } = set(await twin());
    const wrong = await app.preview({ policyPacks: [fnseal({ ...config, ...field })], env });
    // What the engine hashed is not what lies in the folder that was named.
    expect(reportsOf(wrong)).toEqual([
      "bad lambda-code-signed [engine-hash-mismatch]",
      "good lambda-code-signed [engine-hash-mismatch]",
    ]);
  });
});

function readProject(project: Project): string {
  return readFileSync(within(project, "Pulumi.yaml"), "utf8");
}
