import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/tools/paths.ts";
import type { Project, Result } from "../../support/engine.ts";
import { newPolicyPack, type PolicyPackFolder } from "../../support/engine.ts";
import { trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";

const ci = newSigner();
const ours = `{
  name: "no-wildcard-role", description: "Roles are named.", enforcementLevel: "mandatory",
  validateResource: (args, report) => { if (args.props.role === "*") report("[wildcard-role] " + args.name); },
}`;
const fnsealFirst = `
  const { rules } = require("@fnseal/policypack/rules");
  const { PolicyPack } = require("@pulumi/policy");`;
const policyFirst = `
  const { PolicyPack } = require("@pulumi/policy");
  const { rules } = require("@fnseal/policypack/rules");`;
const advisory = `rules.map((rule) => rule.name === "lambda-code-signed" ? { ...rule, enforcementLevel: "advisory" } : rule)`;

describe("fnseal's rules in a pack of one's own", () => {
  const { project: newProject } = projects();
  const packs: PolicyPackFolder[] = [];
  let project: Project;

  /** A pack with a copy of @pulumi/policy of its own, as npm installs it where versions differ. */
  const packOf = (source: string): string => {
    const pack = newPolicyPack({ source });
    packs.push(pack);
    rmSync(join(pack.path, "node_modules"));
    mkdirSync(join(pack.path, "node_modules/@pulumi"), { recursive: true });
    cpSync(join(root, "node_modules/@pulumi/policy"), join(pack.path, "node_modules/@pulumi/policy"), {
      recursive: true,
    });
    for (const name of readdirSync(join(root, "node_modules"))) {
      const link = join(pack.path, "node_modules", name);
      if (!existsSync(link)) symlinkSync(join(root, "node_modules", name), link);
    }
    symlinkSync(join(root, "node_modules/@pulumi/pulumi"), join(pack.path, "node_modules/@pulumi/pulumi"));
    return pack.path;
  };

  beforeAll(async () => {
    project = await newProject(`
      fn("good", { code: zip("./good") });
      fn("bad", { code: zip("./bad") });
      fn("closure", { code: new AssetArchive({ "__index.js": new StringAsset("1") }) });
      fn("wildcard", { code: zip("./good"), role: "*" });
    `);
    put(within(project, "good/index.js"), "good");
    put(within(project, "bad/index.js"), "bad");
    await signBeside(ci, within(project, "good"));
  });

  afterAll(() => packs.forEach((pack) => pack.remove()));

  const previewWith = (source: string): Promise<Result> => {
    const config = { "fnseal-config": { trustPolicy: trustPolicy({ ci }) } };
    return project.preview({ policyPacks: [{ path: packOf(source), config }] });
  };

  test.each([
    ["fnseal's rules were required first", fnsealFirst],
    ["@pulumi/policy was required first", policyFirst],
  ])("give the same verdicts beside one's own rules where %s", async (_, imports) => {
    const preview = await previewWith(
      `${imports} new PolicyPack("acme", { policies: [...rules, ${ours}] });`,
    );
    expect(reportsOf(preview)).toEqual([
      "bad lambda-code-signed [bundle-not-found]",
      "closure lambda-code-signed [bundle-not-found]",
      "wildcard no-wildcard-role [wildcard-role]",
    ]);
    expect(passed(preview, "good", "lambda-code-signed")).toBe(true);
    expect(preview.exitCode).not.toBe(0);
  });

  test("can be made advisory by spreading a rule, after @pulumi/policy was required", async () => {
    const preview = await previewWith(`${policyFirst} new PolicyPack("acme", { policies: ${advisory} });`);
    expect(reportsOf(preview)).toEqual([
      "bad lambda-code-signed [bundle-not-found] (notice)",
      "closure lambda-code-signed [bundle-not-found] (notice)",
    ]);
    expect(preview.exitCode).toBe(0);
  });

  test("spread before @pulumi/policy was required they cannot read: they say so, and nothing passes", async () => {
    const source = `
      const { rules } = require("@fnseal/policypack/rules");
      const policies = rules.map((rule) => ({ ...rule, enforcementLevel: "mandatory" }));
      const { PolicyPack } = require("@pulumi/policy");
      new PolicyPack("acme", { policies });`;
    const preview = await previewWith(source);
    const reports = reportsOf(preview);
    expect(reports).toContain("good lambda-code-signed [resource-unread]");
    expect(reports.filter((report) => !report.endsWith("[resource-unread]"))).toEqual([]);
    expect(preview.exitCode).not.toBe(0);
  });
});
