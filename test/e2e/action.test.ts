import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { generateKeyPairFiles } from "../../core/src/keys/index.ts";
import { root } from "../../scripts/tools/paths.ts";

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const PASSWORD = "correct horse";
const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;
const program = `${process.execPath} ${join(root, "cli/dist/fnseal.cjs")}`;

describe("the GitHub Action", () => {
  let folder: string;
  let privateKey: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fnseal-action-"));
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    privateKey = privatePem;
    for (const name of ["dist", "fnseal"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "dist/index.js"), "exports.handler = async () => 1;\n");
    writeFileSync(join(folder, "fnseal/fnseal.pub"), publicPem);
    writeFileSync(
      join(folder, "fnseal/trust-policy.yaml"),
      "version: 1\nauthorities: { ci: { key: fnseal.pub } }\nrules: [{ signedBy: ci }]\n",
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the action's steps as a runner does: inputs with their defaults, expressions in `env` filled in. */
  function use(inputs: Readonly<Record<string, string>>): { status: number; said: string; result: string } {
    const output = join(folder, "output");
    writeFileSync(output, "");
    let status = 0;
    let said = "";
    for (const step of action.runs.steps) {
      const env = Object.entries(step.env).map(([name, value]) => [name, filledIn(value, inputs)]);
      const ran = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
        cwd: folder,
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          GITHUB_ACTION_PATH: root,
          GITHUB_OUTPUT: output,
          ...(Object.fromEntries(env) as Record<string, string>),
        },
        encoding: "utf8",
        timeout: 120_000,
      });
      status ||= ran.status ?? 1;
      said += ran.stdout + ran.stderr;
    }
    const [, result = ""] =
      /^result<<(?:end-\d+)\n([^]*?)\nend-\d+\n$/.exec(readFileSync(output, "utf8")) ?? [];
    return { status, said, result };
  }

  function filledIn(value: string, inputs: Readonly<Record<string, string>>): string {
    return value.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => {
      const input = action.inputs[name];
      if (!input) throw new Error(`there is no input ${name}`);
      return inputs[name] ?? input.default ?? "";
    });
  }

  /** A trust policy for what is no code. */
  const writePolicy = (name: string, about: string): void =>
    writeFileSync(
      join(folder, name),
      `version: 1\nauthorities: { ci: { key: fnseal.pub } }\nrules: [{ signedBy: ci, ${about} }]\n`,
    );
  const secrets = () => ({ program, "private-key": privateKey, password: PASSWORD });
  const statusOf = (result: string): unknown =>
    (JSON.parse(result) as { results: { status: string }[] }).results.map(({ status }) => status);

  test("is composite, and puts no input into a script", () => {
    expect(action.runs.using).toBe("composite");
    for (const { run } of action.runs.steps) expect(run).not.toContain("${{");
  });

  test("verifies nothing that is not signed, signs it, and verifies it", () => {
    const before = use({ command: "verify", paths: "dist", program });
    expect(before.status).toBe(1);
    expect(statusOf(before.result)).toEqual(["rejected"]);
    const signed = use({ paths: "dist\n", functions: "orders\nreturns-*", ...secrets() });
    expect({ status: signed.status, of: statusOf(signed.result) }).toEqual({ status: 0, of: ["signed"] });
    expect(readdirSync(join(folder, "fnseal/bundles"))).toContain("dirHash");
    const after = use({ command: "verify", paths: "dist", functions: "returns-1", program });
    expect({ status: after.status, of: statusOf(after.result) }).toEqual({ status: 0, of: ["verified"] });
    expect(use({ command: "verify", paths: "dist", functions: "payments", program }).status).toBe(1);
  });

  test("signs and verifies a deployment file for its names", () => {
    writeFileSync(join(folder, "template.yaml"), "Resources: {}\n");
    writePolicy("fnseal/files.yaml", "files: ['*']");
    const verify = (files: string) =>
      use({ command: "verify", paths: "template.yaml", files, "trust-policy": "fnseal/files.yaml", program });
    expect(use({ paths: "template.yaml", files: "infra/*\ntemplate.yaml", ...secrets() }).status).toBe(0);
    expect(verify("infra/template.yaml")).toMatchObject({ status: 0 });
    expect(verify("other.yaml")).toMatchObject({ status: 1 });
  });

  test("signs and verifies a program for its stack", () => {
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "Pulumi.yaml"), "name: orders\nruntime: yaml\n");
    writePolicy("fnseal/programs.yaml", "programs: ['*/*']");
    const verify = (programs: string) =>
      use({ command: "verify", paths: "project", programs, "trust-policy": "fnseal/programs.yaml", program });
    expect(use({ paths: "project", programs: "orders/prod", ...secrets() }).status).toBe(0);
    expect(verify("orders/prod")).toMatchObject({ status: 0 });
    expect(verify("orders/dev")).toMatchObject({ status: 1 });
  });

  test("an input is an argument, whatever stands in it", () => {
    const evil = 'dist"; touch evil; $(touch evil) `touch evil` --key x';
    expect(use({ command: "verify", paths: evil, program }).status).not.toBe(0);
    expect(use({ paths: "--help", ...secrets() }).status).not.toBe(0);
    expect(readdirSync(folder)).not.toContain("evil");
  });

  test("keeps the key and its password out of what it prints", () => {
    const { said, result } = use({ paths: "dist\nmissing", ...secrets() });
    for (const text of [said, result]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain("PRIVATE KEY");
    }
  });

  test("refuses another command", () => {
    const { status, said } = use({ command: "keygen", program });
    expect({ status, said }).toEqual({ status: 2, said: "::error::command must be sign or verify\n" });
  });
});
