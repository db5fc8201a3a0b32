import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newPolicyPack, newProject } from "../support/engine.ts";
import type { PolicyPackFolder, Project, ProjectOptions } from "../support/engine.ts";

/** A pack that rejects handlers named `forbidden`, or what its config names. */
const source = `
  const { PolicyPack } = require("@pulumi/policy");
  new PolicyPack("handlers", {
    policies: [{
      name: "no-forbidden-handler",
      description: "Handlers must be allowed.",
      enforcementLevel: "mandatory",
      configSchema: { properties: { forbidden: { type: "string" } } },
      validateResource: (args, report) => {
        const { forbidden = "forbidden" } = args.getConfig();
        if (args.type !== "aws:lambda/function:Function") return;
        if (args.props.handler === forbidden) report(args.name + " uses " + forbidden);
      },
    }],
  });
`;

/** A program with one function; each test says what is special about it. */
const functionWith = (handler: string, more = ""): string => `
  const pulumi = require("@pulumi/pulumi");
  class Fn extends pulumi.CustomResource {
    constructor(name, props) {
      super("aws:lambda/function:Function", name, { arn: undefined, ...props });
    }
  }
  const code = new pulumi.asset.FileArchive("./code");
  const first = new Fn("first", { code, handler: ${JSON.stringify(handler)} });
  ${more}
`;

describe("the engine that the tests run on", () => {
  let pack: PolicyPackFolder;
  const projects: Project[] = [];

  const projectOf = async (options: ProjectOptions): Promise<Project> => {
    const project = await newProject({
      files: { "code/index.js": "exports.handler = async () => 1;" },
      config: { "aws:region": "eu-west-1" },
      ...options,
    });
    projects.push(project);
    return project;
  };

  beforeAll(() => {
    pack = newPolicyPack({ source });
  });

  afterAll(() => {
    pack.remove();
    for (const project of projects) project.remove();
  });

  test("a mandatory violation ends the preview with an error, shown to the user and parsed", async () => {
    const project = await projectOf({ program: functionWith("forbidden") });
    const result = await project.preview({ policyPacks: [pack] });
    expect(result.exitCode).not.toBe(0);
    expect(result.violations).toEqual([
      {
        policy: "no-forbidden-handler",
        pack: "handlers",
        level: "mandatory",
        urn: "urn:pulumi:dev::demo::aws:lambda/function:Function::first",
        type: "aws:lambda/function:Function",
        resource: "first",
        message: "Handlers must be allowed.\nfirst uses forbidden",
      },
    ]);
    expect(result.stdout).toContain(
      "[mandatory]  no-forbidden-handler  (aws:lambda/function:Function: first)",
    );
  });

  test("what the policy allows is previewed, judged as passed, and then created", async () => {
    const project = await projectOf({ program: functionWith("index.handler") });
    const preview = await project.preview({ policyPacks: [pack] });
    expect(preview).toMatchObject({ exitCode: 0, violations: [] });
    expect(preview.judgements).toContainEqual({
      policy: "no-forbidden-handler",
      urn: "urn:pulumi:dev::demo::aws:lambda/function:Function::first",
      outcome: "passed",
    });
    expect(project.awsCalls()).toEqual([]);

    expect(await project.up({ policyPacks: [pack] })).toMatchObject({ exitCode: 0 });
    expect(project.awsCalls()).toMatchObject([
      {
        method: "create",
        type: "aws:lambda/function:Function",
        id: expect.stringMatching(/^first-[0-9a-f]{7}$/) as string,
        properties: { handler: "index.handler", region: "eu-west-1", code: { path: "./code" } },
      },
    ]);
    const again = await project.up({ policyPacks: [pack] });
    expect(again.stdout).toContain("2 unchanged");
  });

  test("up never asks the provider to create what the policy rejects", async () => {
    const project = await projectOf({ program: functionWith("forbidden") });
    const result = await project.up({ policyPacks: [pack] });
    expect(result.exitCode).not.toBe(0);
    expect(result.violations).toHaveLength(1);
    expect(project.awsCalls()).toEqual([]);
  });

  test("a rule's config reaches it", async () => {
    const project = await projectOf({ program: functionWith("old.handler") });
    const config = { "no-forbidden-handler": { forbidden: "old.handler" } };
    const result = await project.preview({ policyPacks: [{ path: pack.path, config }] });
    expect(result.violations).toMatchObject([
      { message: expect.stringContaining("uses old.handler") as string },
    ]);
  });

  test("secrets stay secret and unknown values unknown on the way through the provider", async () => {
    const more = `
      const env = { variables: { PASSWORD: pulumi.secret("hunter2"), FIRST: first.arn } };
      exports.known = pulumi.secret("hunter2");
      exports.second = new Fn("second", { code, handler: "index.handler", environment: env }).arn;
    `;
    const project = await projectOf({ program: functionWith("index.handler", more) });
    const result = await project.preview({ policyPacks: [pack] });
    expect(result).toMatchObject({ exitCode: 0, violations: [] });
    expect(result.stdout).toContain("[secret]");
    expect(result.stdout).not.toContain("hunter2");

    expect(await project.up()).toMatchObject({ exitCode: 0 });
    const outputs = await project.pulumi(["stack", "output", "--json", "--stack", "dev"]);
    expect(JSON.parse(outputs.stdout)).toMatchObject({
      known: "[secret]",
      second: expect.stringMatching(/^arn:aws:lambda:eu-west-1:123456789012:function:second-/) as string,
    });
  });

  test("the program's folder is main's, wherever the shell stands", async () => {
    const project = await projectOf({
      program: functionWith("forbidden"),
      main: "app/",
      files: { "app/code/index.js": "exports.handler = async () => 1;" },
    });
    const inside = await project.preview({ policyPacks: [pack], cwd: "app" });
    const outside = await project.preview({ policyPacks: [pack], cwd: "/", args: ["-C", project.folder] });
    for (const { violations } of [inside, outside]) expect(violations).toHaveLength(1);
  });

  test("a policy pack knows project, stack and whether it is a preview, as under a release's host", async () => {
    const told = newPolicyPack({
      source: `
        const pulumi = require("@pulumi/pulumi");
        const { PolicyPack } = require("@pulumi/policy");
        const facts = () => [pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()].join(" ");
        new PolicyPack("facts", {
          policies: [{
            name: "facts",
            description: "Tells.",
            enforcementLevel: "advisory",
            validateResource: (args, report) => args.name === "first" && report(facts()),
          }],
        });
      `,
    });
    const project = await projectOf({ program: functionWith("index.handler"), name: "shop" });
    const preview = await project.preview({ policyPacks: [told] });
    const up = await project.up({ policyPacks: [told] });
    told.remove();
    expect(preview.violations).toMatchObject([{ level: "advisory", message: "Tells.\nshop dev true" }]);
    expect(up.violations).toMatchObject([{ message: "Tells.\nshop dev false" }]);
  });

  test("a policy pack that cannot start ends the preview and says why", async () => {
    const broken = newPolicyPack({ source: `throw new Error("no such module");` });
    const project = await projectOf({ program: functionWith("index.handler") });
    const result = await project.preview({ policyPacks: [broken] });
    broken.remove();
    expect(result.exitCode).not.toBe(0);
    expect(result.stdout).toContain("Error: no such module");
    expect(result.stderr).toContain("policy pack not started");
  });

  test("a dynamic resource is created by the program's own code", async () => {
    const program = `
      const pulumi = require("@pulumi/pulumi");
      const provider = { create: async (inputs) => ({ id: "made", outs: { doubled: inputs.number * 2 } }) };
      class Doubled extends pulumi.dynamic.Resource {
        constructor(name, number) {
          super(provider, name, { number, doubled: undefined });
        }
      }
      exports.doubled = new Doubled("d", 21).doubled;
    `;
    const project = await projectOf({ program });
    expect(await project.up()).toMatchObject({ exitCode: 0 });
    const outputs = await project.pulumi(["stack", "output", "--json", "--stack", "dev"]);
    expect(JSON.parse(outputs.stdout)).toEqual({ doubled: 42 });
  });

  test("a program that throws fails with its own error, once", async () => {
    const project = await projectOf({ program: `throw new Error("no such table");` });
    const { exitCode, stdout, stderr } = await project.preview();
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("Error: no such table");
    expect(stdout + stderr).not.toContain("non-zero exit code");
  });

  test("past the time limit everything that was started is killed", async () => {
    const stuck = `require("node:fs").writeFileSync("pid", String(process.pid)); setInterval(() => 0, 1000);`;
    const project = await projectOf({ program: stuck });
    await expect(project.preview({ timeoutMs: 8_000 })).rejects.toThrow("no end within 8000 ms");
    const pid = readFileSync(join(project.folder, "pid"), "utf8");
    for (let tries = 0; tries < 50 && isRunning(pid); tries++) await sleep(100);
    expect(isRunning(pid)).toBe(false);
  });
});

/** A zombie, which nobody has waited for yet, runs no longer. */
function isRunning(pid: string): boolean {
  const { stdout } = spawnSync("ps", ["-p", pid, "-o", "stat="], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
