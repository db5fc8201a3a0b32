import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { filesIn, firstResult, fnseal, folderWith, removeFolders } from "./support/run.ts";

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
    const workflow = parse(text(cwd, ".github/workflows/fnseal.yml")) as {
      jobs: { sign: { defaults?: { run: Record<string, string> } } };
    };
    expect(workflow.jobs.sign.defaults?.run["working-directory"]).toBe("infra");
    expect(text(cwd, ".github/workflows/fnseal.yml")).toContain("infra/fnseal/bundles");
  });
});
