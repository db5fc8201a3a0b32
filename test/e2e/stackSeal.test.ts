import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MacKey } from "@fnseal/core";
import { generateKeyPairFiles } from "../../core/src/keys/index.ts";
import { root } from "../../scripts/tools/paths.ts";
import { type Emulator, startEmulator } from "../support/emulator.ts";
import type { Project, Result } from "../support/engine.ts";
import type { Finished } from "../support/engine/run.ts";
import { newMacKey } from "./runtime/support/macKey.ts";
import { fnseal as pack } from "./support/pack.ts";
import { projects, within } from "./support/projects.ts";
import { messageAbout, reportsAbout, reportsOf } from "./support/reports.ts";

const cli = join(root, "cli/dist/fnseal.cjs");
const PASSWORD = "correct horse";
/** A value that no output and no bundle may have. */
const SECRET = "hunter2-and-more";
const VENDORS = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38";

const LINES = `
const role = new (resource("aws:iam/role:Role", ["arn"]))("role", { assumeRolePolicy: "{}" });
const base = new Layer("base", { layerName: "base", code: zip("./layer") });
fn("orders", {
  code: zip("./dist"), handler: "index.orders", layers: [base.arn, "${VENDORS}"],
  environment: { variables: { PASSWORD: pulumi.secret("${SECRET}"), TABLE: "orders" } },
});
fn("returns", { code: zip("./dist"), handler: "index.returns" });
fn("again", { code: zip("./dist"), handler: "index.returns" });
fn("later", { code: zip("./dist"), role: role.arn, environment: { variables: { ROLE: role.arn } } });
`;

const trustPolicy = (key: MacKey): string =>
  JSON.stringify({
    version: 1,
    authorities: { ci: { key: "../ci.pub" } },
    rules: [{ signedBy: "ci", requireSeal: ["handler", "runtime", "layers", "environment"] }],
    sealKeys: [key.uri],
    trustedLayers: [{ arn: VENDORS.replace(/38$/, "*") }],
  });

interface Signed {
  readonly functions: readonly string[];
  readonly configuration: { readonly layers?: unknown; readonly environment?: { readonly values?: object } };
  readonly notSealed: readonly string[];
}

jest.setTimeout(300_000);

describe("fnseal sign --stack --seal-config", () => {
  const { project: newProject } = projects();
  let project: Project;
  let emulator: Emulator;
  let key: MacKey;

  const env = (): Record<string, string> => ({
    ...{ FNSEAL_PASSWORD: PASSWORD, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    AWS_ENDPOINT_URL_KMS: emulator.endpoint,
  });
  const run = (...args: string[]): Promise<Finished> =>
    project.execute(process.execPath, [cli, ...args], { env: env() });
  const sign = (...args: string[]): Promise<Finished> =>
    run("sign", "--stack", "dev", "--key", "ci.key", "--json", ...args);
  const verify = (): Promise<Finished> => run("verify", "--stack", "dev");
  const preview = (): Promise<Result> =>
    project.preview({
      policyPacks: [pack({ trustPolicyFile: "fnseal/trust-policy.yaml", bundleFolders: ["fnseal/bundles"] })],
      env: env(),
    });
  const resultsOf = ({ stdout }: Finished): readonly Signed[] =>
    (JSON.parse(stdout) as { results: Signed[] }).results;

  beforeAll(async () => {
    emulator = await startEmulator({ auth: false });
    key = await newMacKey(emulator, "eu-west-1");
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    project = await newProject(LINES, {
      files: {
        "dist/index.js": "exports.orders = exports.returns = async () => 1;\n",
        "layer/nodejs/a.js": "module.exports = 1;\n",
        "fnseal/trust-policy.yaml": trustPolicy(key),
        "ci.key": privatePem,
        "ci.pub": publicPem,
      },
    });
  });
  afterAll(() => emulator.stop());

  test.each([
    ["--config", "orders.json"],
    ["--seal-key", "awskms:///alias/a"],
    ["--read-layers"],
    ["--seal-config=timeout"],
  ])("with %s %s is wrong usage", async (...args) => {
    expect(await sign(...args)).toMatchObject({ exitCode: 2 });
  });

  test("a field that is named has to be known: who lacks it is not signed", async () => {
    const signed = await sign("--seal-config=handler,role");
    expect(signed.exitCode).toBe(3);
    expect(signed.stdout).toMatch(/"configuration-unknown"[^]*cannot be sealed: role/);
    const names = resultsOf(signed).flatMap(({ functions = [] }) => functions);
    expect(names.sort()).toEqual(["again", "orders", "returns"]);
    rmSync(within(project, "fnseal/bundles"), { recursive: true });
  });

  test("binds what the preview plans, functions apart that differ, and says what is not known", async () => {
    const signed = await sign("--seal-config", "--seal-key", key.uri);
    expect([signed.exitCode, signed.stderr]).toEqual([0, expect.not.stringContaining("error")]);
    const results = resultsOf(signed);
    expect(results.map(({ functions, notSealed }) => [functions.join(), notSealed]).sort()).toEqual([
      ["", []],
      ["again,returns", []],
      ["later", ["role", "the value of ROLE"]],
      ["orders", []],
    ]);
    const orders = results.find(({ functions }) => functions.includes("orders"));
    expect(orders?.configuration).toMatchObject({
      handler: "index.orders",
      // The next version's number is not known; what it holds is.
      layers: [{ digest: { dirHash: expect.any(String) as string } }, VENDORS],
      environment: { names: ["PASSWORD", "TABLE"], values: { key: key.uri } },
    });
    const later = results.find(({ functions }) => functions.includes("later"));
    expect(later?.configuration.environment).toEqual({ names: ["ROLE"] });
  });

  test("the policy pack and verify --stack accept it", async () => {
    const verified = await verify();
    expect([verified.exitCode, verified.stdout.match(/is verified/g)?.length]).toEqual([0, 5]);
    const passed = await preview();
    expect([reportsOf(passed), passed.exitCode]).toEqual([[], 0]);
  });

  test.each([
    ["a handler", "index.js", "index.orders", "index.other", "handler differs"],
    ["a secret's value", "index.js", SECRET, "letmein", "environment variable PASSWORD has another value"],
    ["a vendor's layer", "index.js", "Extension:38", "Extension:39", "layers differs"],
    ["a layer's content", "layer/nodejs/a.js", "1", "2", "layers[0] holds something else"],
  ])("%s changed is rejected by both, and named", async (_what, file, from, to, said) => {
    const path = within(project, file);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before.replace(from, to));
    try {
      const verified = await verify();
      expect([verified.exitCode, verified.stdout]).toEqual([1, expect.stringContaining(said)]);
      const rejected = await preview();
      expect(reportsAbout(rejected, "orders")).toEqual(["orders lambda-code-signed [configuration-differs]"]);
      expect(messageAbout(rejected, "orders")).toContain(said);
    } finally {
      writeFileSync(path, before);
    }
  });

  test("no value is in a bundle or was shown", async () => {
    const signed = await sign("--seal-config", "--seal-key", key.uri, "--dry-run");
    const folder = within(project, "fnseal/bundles");
    const bundles = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    const payloads = bundles.map((name) => {
      const { dsseEnvelope } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
        dsseEnvelope: { payload: string };
      };
      return Buffer.from(dsseEnvelope.payload, "base64").toString();
    });
    expect(payloads.length).toBeGreaterThan(3);
    expect(`${signed.stdout}${signed.stderr}${payloads.join()}`).not.toContain(SECRET);
  });
});
