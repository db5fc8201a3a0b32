import { generateKeyPairSync } from "node:crypto";
import { digestPath } from "@fnseal/core";
import type { Project } from "../../support/engine.ts";
import { fnseal, packFolder, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { hasStackTrace, messageAbout, passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside, signDigests } from "../support/signing.ts";

const ci = newSigner();
const inline = trustPolicy({ ci });
const privatePem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const keyed = (key: string) => ({ version: 1, authorities: { ci: { key } }, rules: [{ signedBy: "ci" }] });

interface Wrong {
  readonly what: string;
  readonly config: object;
  readonly code: string;
  /** What the message must say. */
  readonly says: string;
}

/** Each is told once, at the stack, and rejects the function whose code is signed. More are in the unit tests. */
const wrong: readonly Wrong[] = [
  {
    what: "an unknown field",
    config: { trustPolicy: inline, bundleFolder: ["x"] },
    code: "config-invalid",
    says: "bundleFolder: unknown field (did you mean bundleFolders?)",
  },
  {
    what: "a trust policy both inline and as a file",
    config: { trustPolicy: inline, trustPolicyFile: "policy.yaml" },
    code: "config-invalid",
    says: "trustPolicyFile: give either trustPolicy or trustPolicyFile, not both",
  },
  {
    what: "a trust policy file that is not there",
    config: { trustPolicyFile: "nowhere.yaml" },
    code: "trust-policy-unreadable",
    says: "nowhere.yaml cannot be read",
  },
  {
    what: "a key file that is not there, and one that holds no key",
    config: { trustPolicyFile: "bad-keys.json" },
    code: "trust-policy-invalid",
    says: "authorities.b.key: the file readme.txt is not a PEM public key",
  },
  {
    what: "a private key in place of a public one",
    config: { trustPolicy: keyed(privatePem) },
    code: "trust-policy-invalid",
    says: "authorities.ci.key: the value holds a private key; only its public half belongs there",
  },
];

describe("a wrong configuration is an error that names the field, and nothing passes", () => {
  const { project: newProject } = projects();
  let project: Project;

  beforeAll(async () => {
    project = await newProject(`fn("signed", { code: zip("./code") });`);
    put(within(project, "code/index.js"), "1");
    await signBeside(ci, within(project, "code"));
    put(within(project, "readme.txt"), "no key");
    const bad = {
      authorities: { a: { key: "nowhere.pub" }, b: { key: "readme.txt" } },
      rules: [{ signedBy: "a" }],
    };
    put(within(project, "bad-keys.json"), JSON.stringify({ version: 1, ...bad }));
    put(within(project, "policy.yaml"), JSON.stringify(inline));
  });

  test.each(wrong)("$what", async ({ config, code, says }) => {
    const preview = await project.preview({ policyPacks: [fnseal(config)] });
    expect(reportsOf(preview)).toEqual([
      `demo-dev fnseal-config [${code}]`,
      `signed lambda-code-signed [${code}]`,
      `signed lambda-no-code-injection [${code}]`,
    ]);
    expect(messageAbout(preview, "demo-dev")).toContain(says);
    expect(preview.exitCode).not.toBe(0);
    expect(hasStackTrace(preview)).toBe(false);
  });

  test("a misspelt rule, and fields of rules that take none, are errors", async () => {
    const others = { "lambda-code-sined": "disabled", "lambda-layer-signed": { onUnknown: "reject" } };
    const preview = await project.preview({ policyPacks: [fnseal({ trustPolicy: inline }, others)] });
    expect(reportsOf(preview)).toEqual([
      "demo-dev fnseal-config [config-invalid]",
      "demo-dev fnseal-config [config-invalid]",
    ]);
    const message = messageAbout(preview, "demo-dev");
    expect(message).toContain(
      "lambda-code-sined: there is no such rule; the rules are fnseal-config, lambda-code-signed",
    );
    expect(message).toContain(
      "lambda-layer-signed.onUnknown: unknown field; only fnseal-config takes fields",
    );
    expect(preview.exitCode).not.toBe(0);
  });

  test.each([
    ["fnseal-config disabled", { "fnseal-config": "disabled" }],
    ["all disabled but one rule", { all: "disabled", "lambda-code-signed": "mandatory" }],
  ])("%s rejects what the other rules look at", async (_, config) => {
    const preview = await project.preview({ policyPacks: [{ path: packFolder, config }] });
    const reports = reportsOf(preview);
    expect(reports).toContain("signed lambda-code-signed [config-disabled]");
    expect(reports.filter((report) => !report.endsWith("[config-disabled]"))).toEqual([]);
    expect(preview.exitCode).not.toBe(0);
  });

  test("without any configuration nothing passes, for every rule is mandatory by itself", async () => {
    const preview = await project.preview({ policyPacks: [{ path: packFolder }] });
    expect(reportsOf(preview)).toEqual([
      "demo-dev fnseal-config [config-invalid]",
      "signed lambda-code-signed [config-invalid]",
      "signed lambda-no-code-injection [config-invalid]",
    ]);
    expect(messageAbout(preview, "demo-dev")).toContain(
      "trustPolicyFile: is missing: give trustPolicy or trustPolicyFile",
    );
    expect(preview.exitCode).not.toBe(0);
  });

  test("a field of the wrong type ends the preview with an error that names it", async () => {
    const preview = await project.preview({
      policyPacks: [fnseal({ trustPolicy: inline, bundlesBeside: "no" })],
    });
    expect(preview.stdout + preview.stderr).toMatch(/bundlesBeside/);
    expect(preview.judgements).toEqual([]);
    expect(preview.exitCode).not.toBe(0);
  });
});

describe("a configuration without files", () => {
  const { project: newProject } = projects();

  test("everything inline passes: trust policy, keys and bundles", async () => {
    const project = await newProject(`
      fn("as-object", { code: zip("./a") });
      fn("as-text", { code: zip("./b") });
      fn("unsigned", { code: zip("./c") });
    `);
    for (const name of ["a", "b", "c"]) put(within(project, `${name}/index.js`), name);
    const sign = async (name: string) => signDigests(ci, (await digestPath(within(project, name))).digests);
    const bundles = [JSON.parse(await sign("a")) as object, await sign("b")];
    const config = { trustPolicy: inline, bundles, bundlesBeside: false };
    const preview = await project.preview({ policyPacks: [fnseal(config)] });
    expect(reportsOf(preview)).toEqual(["unsigned lambda-code-signed [bundle-other-artifact]"]);
    for (const name of ["as-object", "as-text"])
      expect(passed(preview, name, "lambda-code-signed")).toBe(true);
  });

  test("all disabled switches the pack off, as Pulumi means it: nothing is judged", async () => {
    const project = await newProject(`fn("unsigned", { code: zip("./c") });`, {
      files: { "c/index.js": "1" },
    });
    const preview = await project.preview({
      policyPacks: [{ path: packFolder, config: { all: "disabled" } }],
    });
    expect(reportsOf(preview)).toEqual([]);
    expect(passed(preview, "unsigned", "lambda-code-signed")).toBe(false);
  });
});
