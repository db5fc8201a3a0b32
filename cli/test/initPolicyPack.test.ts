import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn, firstResult, fnseal, folderWith, jsonOf, removeFolders } from "./support/run.ts";

afterAll(removeFolders);

function project(more: Readonly<Record<string, string>> = {}): string {
  return folderWith({ "Pulumi.yaml": "name: shop\n", "dist/index.js": "exports.handler = 1;\n", ...more });
}

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
    expect(filesIn(cwd)).toEqual(expect.arrayContaining(["fnseal/trust-policy.yaml", "fnseal/fnseal.key"]));
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
