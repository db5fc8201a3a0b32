import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fnseal, folderWith, PASSWORD, removeFolders } from "./support/run.ts";

afterAll(removeFolders);

/** A Pulumi project with the policy pack installed. */
function project(): string {
  return folderWith({
    "Pulumi.yaml": "name: shop\n",
    "dist/index.js": "exports.handler = 1;\n",
    "node_modules/@fnseal/policypack/PulumiPolicy.yaml": "runtime: nodejs\n",
  });
}

const text = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

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
