import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { filesIn, firstResult, fnseal, folderWith, jsonOf, PASSWORD, removeFolders } from "./support/run.ts";

afterAll(removeFolders);

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "dist/index.js": "exports.handler = 1;\n" };
const PACK = { "node_modules/@fnseal/policypack/PulumiPolicy.yaml": "runtime: nodejs\n" };
const WRITTEN = [
  ".github/workflows/fnseal.yml",
  ".gitignore",
  "fnseal/bundles/.gitkeep",
  "fnseal/fnseal.key",
  "fnseal/fnseal.pub",
  "fnseal/policy-config.json",
  "fnseal/trust-policy.yaml",
];

const text = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

function project(more: Readonly<Record<string, string>> = PACK): string {
  return folderWith({ ...PROJECT, ...more });
}

describe("fnseal init", () => {
  test("writes what signing needs, and a trust policy of at most six lines", async () => {
    const cwd = project();
    const ran = await fnseal(["init"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(filesIn(cwd).filter((name) => !name.startsWith("node_modules"))).toEqual(
      [...WRITTEN, ...Object.keys(PROJECT)].sort(),
    );
    expect(text(cwd, "fnseal/trust-policy.yaml").trimEnd().split("\n").length).toBeLessThanOrEqual(6);
    expect(JSON.parse(text(cwd, "fnseal/policy-config.json"))).toEqual({
      "fnseal-config": {
        enforcementLevel: "mandatory",
        trustPolicyFile: "fnseal/trust-policy.yaml",
        bundleFolders: ["fnseal/bundles"],
      },
    });
    if (process.platform !== "win32")
      expect(statSync(join(cwd, "fnseal/fnseal.key")).mode & 0o777).toBe(0o600);
  });

  test("prints the lines that follow, and they work", async () => {
    const cwd = project();
    const { next } = firstResult(await fnseal(["init", "--json"], { cwd })) as { next: string[] };
    expect(next).toEqual([
      "npx fnseal sign dist",
      "pulumi preview --policy-pack node_modules/@fnseal/policypack --policy-pack-config fnseal/policy-config.json",
    ]);
    expect((await fnseal(["sign", "dist"], { cwd })).code).toBe(0);
    expect((await fnseal(["verify", "dist"], { cwd })).stdout).toContain("signed by ci");
    expect((await fnseal(["trust-policy", "check"], { cwd })).code).toBe(0);
    appendFileSync(join(cwd, "dist/index.js"), "\n");
    expect((await fnseal(["verify", "dist"], { cwd })).code).toBe(1);
  });

  test("keeps the private key out of the repository, as git itself sees it", async () => {
    const cwd = project({ ...PACK, ".gitignore": "node_modules" });
    execFileSync("git", ["init", "--quiet"], { cwd });
    await fnseal(["init"], { cwd });
    expect(text(cwd, ".gitignore")).toMatch(/^node_modules\n/);
    const status = execFileSync("git", ["status", "--porcelain", "--untracked-files=all"], {
      cwd,
    }).toString();
    expect(status).toContain("fnseal/fnseal.pub");
    expect(status).not.toContain("fnseal.key");
  });

  test("a second run changes nothing, needs no password and says what exists", async () => {
    const cwd = project();
    await fnseal(["init"], { cwd });
    const before = WRITTEN.map((name) => text(cwd, name));
    const ran = await fnseal(["init", "--json"], { cwd, env: {} });
    expect(ran.code).toBe(0);
    expect(firstResult(ran)).toMatchObject({ created: [], replaced: [] });
    expect((firstResult(ran)["kept"] as string[]).length).toBe(WRITTEN.length);
    expect(WRITTEN.map((name) => text(cwd, name))).toEqual(before);
  });

  test("writes over what exists only by --force, and never over a key", async () => {
    const cwd = project();
    await fnseal(["init"], { cwd });
    writeFileSync(join(cwd, "fnseal/trust-policy.yaml"), "mine");
    const key = text(cwd, "fnseal/fnseal.key");
    await fnseal(["init"], { cwd });
    expect(text(cwd, "fnseal/trust-policy.yaml")).toBe("mine");
    const ran = await fnseal(["init", "--force", "--json"], { cwd, env: {} });
    expect(firstResult(ran)["replaced"]).toEqual([join(cwd, "fnseal/trust-policy.yaml")]);
    expect(text(cwd, "fnseal/trust-policy.yaml")).toContain("signedBy: ci");
    expect(text(cwd, "fnseal/fnseal.key")).toBe(key);
  });

  test("in a clone, where only the public key is, makes no new pair", async () => {
    const cwd = project({ ...PACK, "fnseal/fnseal.pub": "the team's" });
    expect((await fnseal(["init"], { cwd, env: {} })).code).toBe(0);
    expect(filesIn(cwd)).not.toContain("fnseal/fnseal.key");
    expect(text(cwd, "fnseal/fnseal.pub")).toBe("the team's");
  });

  test("writes nothing without a password", async () => {
    const cwd = project();
    const before = filesIn(cwd);
    const ran = await fnseal(["init"], { cwd, env: {} });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[key-password-missing]");
    expect(filesIn(cwd)).toEqual(before);
  });

  test("is wrong usage outside a Pulumi project, and writes nothing", async () => {
    const cwd = folderWith({ "infra/Pulumi.yaml": "name: x\n", ...PACK });
    const before = filesIn(cwd);
    const ran = await fnseal(["init"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("there is no Pulumi.yaml");
    expect(ran.stderr).toContain("--dir");
    expect(filesIn(cwd)).toEqual(before);
  });

  test("--functions limits the trust policy and the signature to them", async () => {
    const cwd = project();
    const { next } = firstResult(
      await fnseal(["init", "--json", "--functions", "orders-*", "payments"], { cwd }),
    ) as { next: string[] };
    expect(next[0]).toBe("npx fnseal sign dist --function 'orders-*' --function payments");
    const policy = text(cwd, "fnseal/trust-policy.yaml");
    expect(policy.trimEnd().split("\n")).toHaveLength(6);
    expect(parse(policy)).toMatchObject({ rules: [{ functions: ["orders-*", "payments"] }] });
    const bad = await fnseal(["init", "--functions", "a b"], { cwd: project() });
    expect(bad.code).toBe(2);
  });

  test("puts the workflow where the repository is, and lets it run in the project's folder", async () => {
    const cwd = folderWith({ "infra/Pulumi.yaml": "name: x\n", "infra/package.json": "{}", ...PACK });
    mkdirSync(join(cwd, ".git"));
    const ran = await fnseal(["init", "--dir", "infra", "--json"], { cwd });
    expect(firstResult(ran)["next"]).toEqual([
      "cd infra",
      "npx fnseal sign dist",
      "pulumi preview --policy-pack ../node_modules/@fnseal/policypack --policy-pack-config fnseal/policy-config.json",
    ]);
    const workflow = parse(text(cwd, ".github/workflows/fnseal.yml")) as Workflow;
    expect(workflow.jobs.sign.defaults?.run["working-directory"]).toBe("infra");
    expect(text(cwd, ".github/workflows/fnseal.yml")).toContain("infra/fnseal/bundles");
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: {
    readonly sign: { readonly defaults?: { run: Record<string, string> }; readonly steps: Step[] };
  };
}

describe("the workflow that init writes", () => {
  test("has the least permissions, pins its actions, and gives the key to the signing step alone", async () => {
    const cwd = project();
    await fnseal(["init"], { cwd });
    const workflow = parse(text(cwd, ".github/workflows/fnseal.yml")) as Workflow;
    expect(workflow.permissions).toEqual({ contents: "read" });
    const { steps } = workflow.jobs.sign;
    for (const { uses } of steps.filter((step) => step.uses !== undefined))
      expect(uses).toMatch(/@[0-9a-f]{40}$/);
    const withSecrets = steps.filter((step) => JSON.stringify(step).includes("secrets."));
    expect(withSecrets).toHaveLength(1);
    expect(withSecrets[0]?.run).toContain(
      "sign dist --key env://FNSEAL_PRIVATE_KEY --bundle-folder fnseal/bundles",
    );
  });

  test("signs with the very command that it names", async () => {
    const cwd = project();
    await fnseal(["init"], { cwd });
    const workflow = parse(text(cwd, ".github/workflows/fnseal.yml")) as Workflow;
    const run = workflow.jobs.sign.steps.find((step) => step.env)?.run ?? "";
    const args = run.replace(/^npx --yes fnseal@[\d.]+ /, "").split(" ");
    const env = { FNSEAL_PASSWORD: PASSWORD, FNSEAL_PRIVATE_KEY: text(cwd, "fnseal/fnseal.key") };
    expect((await fnseal(args, { cwd, env })).code).toBe(0);
    expect((await fnseal(["verify", "dist"], { cwd })).code).toBe(0);
  });
});

describe("the policy pack", () => {
  const NODE = { "package.json": "{}" };

  /** Stands in for npm: puts the pack where npm would. */
  function npm(succeeds: boolean) {
    const calls: { command: string; args: readonly string[]; folder: string }[] = [];
    const execute = (command: string, args: readonly string[], folder: string): Promise<number> => {
      calls.push({ command, args, folder });
      if (!succeeds) return Promise.resolve(1);
      mkdirSync(join(folder, "node_modules/@fnseal/policypack"), { recursive: true });
      writeFileSync(join(folder, "node_modules/@fnseal/policypack/PulumiPolicy.yaml"), "");
      return Promise.resolve(0);
    };
    return { calls, execute };
  }

  test("is installed as a development dependency where the project is of Node.js", async () => {
    const cwd = project(NODE);
    const { calls, execute } = npm(true);
    const ran = await fnseal(["init", "--json"], { cwd, execute });
    expect(calls).toEqual([
      {
        command: "npm",
        args: ["install", "--save-dev", expect.stringMatching(/^@fnseal\/policypack@\d/)],
        folder: cwd,
      },
    ]);
    expect(firstResult(ran)["policyPack"]).toBe(join(cwd, "node_modules/@fnseal/policypack"));
  });

  test("is installed into a folder of its own in any other project", async () => {
    const cwd = project({});
    const { calls, execute } = npm(true);
    const ran = await fnseal(["init"], { cwd, execute });
    expect(calls[0]?.folder).toBe(join(cwd, "fnseal/policypack"));
    expect(ran.stdout).toContain("--policy-pack fnseal/policypack/node_modules/@fnseal/policypack");
    expect(filesIn(cwd)).not.toContain("package.json");
  });

  test("that npm cannot install is an error that says how, with everything else in place", async () => {
    const cwd = project(NODE);
    const ran = await fnseal(["init"], { cwd, execute: npm(false).execute });
    expect(ran.code).toBe(2);
    expect(ran.stdout).toMatch(/npm install --save-dev @fnseal\/policypack@\d/);
    expect(ran.stderr).toContain("[policy-pack-missing]");
    expect(filesIn(cwd)).toEqual(expect.arrayContaining(WRITTEN));
  });

  test("is left to the user by --no-install", async () => {
    const { calls, execute } = npm(true);
    const ran = await fnseal(["init", "--no-install", "--json"], { cwd: project(NODE), execute });
    expect(ran.code).toBe(0);
    expect(calls).toEqual([]);
    expect((firstResult(ran)["next"] as string[])[0]).toMatch(/^npm install --save-dev @fnseal\/policypack@/);
    expect(jsonOf(ran).results?.[0]?.["policyPack"]).toBeNull();
  });

  test("is taken from beside the program where that lies in a checkout, but not from npx's cache", async () => {
    const files = { "cli/dist/fnseal.cjs": "", "policypack/PulumiPolicy.yaml": "" };
    const checkout = folderWith(files);
    const cache = folderWith({ "_npx/1/cli/dist/fnseal.cjs": "", "_npx/1/policypack/PulumiPolicy.yaml": "" });
    const packOf = async (entry: string) =>
      firstResult(await fnseal(["init", "--no-install", "--json"], { cwd: project({}), entry }))[
        "policyPack"
      ];
    expect(await packOf(join(checkout, "cli/dist/fnseal.cjs"))).toBe(join(checkout, "policypack"));
    expect(await packOf(join(cache, "_npx/1/cli/dist/fnseal.cjs"))).toBeNull();
  });
});
