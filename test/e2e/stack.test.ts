import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/tools/paths.ts";
import type { Project } from "../support/engine.ts";
import type { Finished } from "../support/engine/run.ts";
import { isViolationOnly } from "../../cli/src/stack/preview.ts";
import { fnseal as pack } from "./support/pack.ts";
import { projects, within } from "./support/projects.ts";
import { reportsAbout } from "./support/reports.ts";
import { generateKeyPairFiles } from "../../core/src/keys/index.ts";

const cli = join(root, "cli/dist/fnseal.cjs");
const PASSWORD = "correct horse";

const LINES = `
const aws = require("@pulumi/aws");
fn("orders", { code: zip("./dist") });
fn("returns", { code: zip("./dist") });
fn("inline", { code: new AssetArchive({ "index.js": new StringAsset("exports.handler = async () => 1;") }) });
new aws.lambda.CallbackFunction("closure", {
  name: "closure",
  callback: async () => "hello",
  codePathOptions: { extraExcludePackages: ["@pulumi/aws"] },
});
new Layer("base", { layerName: "base", code: zip("./layer") });
`;
const FILES = {
  "dist/index.js": "exports.handler = async () => 1;\n",
  "layer/nodejs/a.js": "module.exports = 1;\n",
  "fnseal/trust-policy.yaml": `version: 1\nauthorities: { ci: { key: ../ci.pub } }\nrules: [{ signedBy: ci }]\n`,
};
const PACK = {
  policyPacks: [pack({ trustPolicyFile: "fnseal/trust-policy.yaml", bundleFolders: ["fnseal/bundles"] })],
};

jest.setTimeout(300_000);

describe("fnseal sign --stack", () => {
  const { project: newProject } = projects();
  let project: Project;

  const run = (...args: string[]): Promise<Finished> =>
    project.execute(process.execPath, [cli, ...args], { env: { FNSEAL_PASSWORD: PASSWORD } });
  const sign = (...args: string[]): Promise<Finished> =>
    run("sign", "--stack", "dev", "--key", "ci.key", ...args);
  const verify = (): Promise<Finished> => run("verify", "--stack", "dev");

  beforeAll(async () => {
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    project = await newProject(LINES, { files: { ...FILES, "ci.key": privatePem, "ci.pub": publicPem } });
  });

  test("shows what it would sign, closures and shared code included, and writes nothing", async () => {
    const { exitCode, stdout, stderr } = await run("sign", "--stack", "--dry-run", "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "previewing the stack dev …\n" });
    const { results } = JSON.parse(stdout) as { results: { functions: string[]; layers: string[] }[] };
    expect(results.map(({ functions, layers }) => [...functions, ...layers].join()).sort()).toEqual([
      "base",
      "closure",
      "inline",
      "orders,returns",
    ]);
  });

  test("what is not signed is rejected by verify --stack, each by its name", async () => {
    const { exitCode, stdout } = await verify();
    expect(exitCode).toBe(1);
    for (const name of ["orders", "returns", "inline", "closure", "base"]) {
      expect(stdout).toMatch(new RegExp(`\\[bundle-not-found\\] ${name} \\(code`));
    }
  });

  test("signs all of it: the preview passes with the policy pack, and verify --stack says so too", async () => {
    const signed = await sign();
    expect(signed.exitCode).toBe(0);
    expect(signed.stdout).toContain("for: functions orders, returns");
    expect(await verify()).toMatchObject({ exitCode: 0 });
    const preview = await project.preview(PACK);
    expect(preview.violations).toEqual([]);
    expect(preview.exitCode).toBe(0);
  });

  test("one changed character of a closure is rejected by both, and nothing else", async () => {
    const index = within(project, "index.js");
    writeFileSync(index, readFileSync(index, "utf8").replace("hello", "hallo"));
    const { exitCode, stdout } = await verify();
    expect(exitCode).toBe(1);
    expect(stdout).toContain("[bundle-not-found] closure (code)");
    expect(stdout.match(/is verified/g)).toHaveLength(4);
    const preview = await project.preview(PACK);
    expect(preview.exitCode).not.toBe(0);
    expect(reportsAbout(preview, "closure")).toEqual(["closure lambda-code-signed [bundle-not-found]"]);
    for (const name of ["orders", "returns", "inline", "base"])
      expect(reportsAbout(preview, name)).toEqual([]);
  });

  test("a preview that only policies reject has planned everything; one that failed has not", async () => {
    const rejected = await project.preview(PACK);
    expect(rejected.exitCode).not.toBe(0);
    expect(isViolationOnly(rejected.stdout)).toBe(true);
    writeFileSync(within(project, "index.js"), 'throw new Error("no such luck");');
    const broken = await project.preview(PACK);
    expect(isViolationOnly(broken.stdout)).toBe(false);
  });

  test.each([
    [["sign", "dist", "--stack", "dev"], "name no paths"],
    [["sign", "--stack", "dev", "--function", "x"], "--function"],
    [["sign"], "name the paths to sign"],
    [["verify", "--stack", "dev", "--region", "eu-west-1"], "--region"],
  ])("%j is wrong usage", async (args, says) => {
    const { exitCode, stderr } = await run(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(says) as string });
  });

  test("a password that does not open the key ends the preview", async () => {
    const args = [cli, "sign", "--stack", "dev", "--key", "ci.key"];
    const env = { FNSEAL_PASSWORD: "another one" };
    const { exitCode, stdout, stderr } = await project.execute(process.execPath, args, { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("[key-password-wrong] the password does not open the key ci.key");
    // The stack is free for the next one at once.
    expect((await verify()).exitCode).not.toBe(2);
  });

  test("a key that cannot be one begins no preview", async () => {
    writeFileSync(
      within(project, "damaged.key"),
      readFileSync(within(project, "ci.key"), "utf8").replace(/\n.*\n/, "\n"),
    );
    const { exitCode, stderr } = await run("sign", "--stack", "--key", "damaged.key");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: \[key-not-a-key\] /);
  });

  test("says what the preview said where that fails", async () => {
    const { exitCode, stderr } = await sign();
    expect(exitCode).toBe(3);
    expect(stderr).toContain("[stack-preview-failed]");
    expect(stderr).toContain("no such luck");
  });

  test("a stack that does not exist is no stack that deploys nothing", async () => {
    const { exitCode, stderr } = await run("verify", "--stack", "prod");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("prod");
  });
});
