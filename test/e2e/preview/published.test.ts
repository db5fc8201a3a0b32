import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CODES } from "../../../core/src/codes/index.ts";
import type { Project } from "../../support/engine.ts";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/engine/folder.ts";
import { fnseal, packFolder, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";

/** npm may have to ask its registry. */
const MINUTES = 60_000;

describe("the tarball that npm publishes", () => {
  const { project: newProject } = projects();
  const ci = newSigner();
  let folder: string;
  let tarball: string;
  let project: Project;

  const npm = (cwd: string, ...args: string[]): string => {
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error"];
    return execFileSync("npm", [...args, ...quiet], { cwd, encoding: "utf8", timeout: 4 * MINUTES });
  };

  beforeAll(async () => {
    folder = temporaryFolder("published");
    npm(packFolder, "pack", "--pack-destination", folder);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
    project = await newProject(`fn("good", { code: zip("./good") }); fn("bad", { code: zip("./bad") });`);
    for (const name of ["good", "bad"]) put(within(project, `${name}/index.js`), name);
    await signBeside(ci, within(project, "good"));
  }, MINUTES);

  afterAll(() => removeFolder(folder));

  const expectVerdicts = async (path: string): Promise<void> => {
    const preview = await project.preview({
      policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }) }, {}, path)],
    });
    expect(reportsOf(preview)).toEqual(["bad lambda-code-signed [bundle-not-found]"]);
    expect(passed(preview, "good", "lambda-code-signed")).toBe(true);
  };

  test("holds the bundled pack and no source", () => {
    const names = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n").sort();
    expect(names.filter((name) => !/LICENSE|README/.test(name))).toEqual([
      "package/PulumiPolicy.yaml",
      "package/dist/callerBuckets.cjs",
      "package/dist/callerLayers.cjs",
      "package/dist/collector/PulumiPolicy.yaml",
      "package/dist/collector/hosted/PulumiPolicy.yaml",
      "package/dist/collector/hosted/package.json",
      "package/dist/collector/index.cjs",
      "package/dist/condition.cjs",
      "package/dist/ecr.cjs",
      "package/dist/index.cjs",
      "package/dist/kms.cjs",
      "package/dist/prehashed.cjs",
      "package/dist/rules.cjs",
      "package/dist/rules.d.ts",
      "package/package.json",
    ]);
  });

  test("knows every code: a module of the same name as one that is loaded apart is not taken for it", () => {
    const bundled = readFileSync(join(packFolder, "dist/rules.cjs"), "utf8");
    expect(Object.keys(CODES).filter((code) => !bundled.includes(code))).toEqual([]);
  });

  test(
    "works where npm installed it in an empty folder",
    async () => {
      const home = join(folder, "installed");
      mkdirSync(home);
      writeFiles(home, { "package.json": JSON.stringify({ name: "acme", private: true }) });
      npm(home, "install", tarball);
      await expectVerdicts(join(home, "node_modules/@fnseal/policypack"));
    },
    5 * MINUTES,
  );

  test(
    "works unpacked, with npm install in it, as Pulumi Cloud's policy groups run it",
    async () => {
      execFileSync("tar", ["-xzf", tarball, "-C", folder]);
      npm(join(folder, "package"), "install", "--omit=dev");
      await expectVerdicts(join(folder, "package"));
    },
    5 * MINUTES,
  );
});
