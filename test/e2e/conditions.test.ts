import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { createAttestation, type DigestSet, digestPath, signStatement } from "@fnseal/core";
import { root } from "../../scripts/tools/paths.ts";
import { putBundle } from "../../verifier/src/store/index.ts";
import { type Emulator, startEmulator } from "../support/emulator.ts";
import { createRole } from "../support/emulator/resources.ts";
import type { Project, Result } from "../support/engine.ts";
import { removeFolder, temporaryFolder } from "../support/engine/folder.ts";
import { deployRuntime, type Runtime } from "../support/runtime.ts";
import { fnseal as pack, trustPolicy } from "./support/pack.ts";
import { projects } from "./support/projects.ts";
import { reportsAbout } from "./support/reports.ts";
import { newSigner, signDigests } from "./support/signing.ts";
import { zipOf } from "./support/zip.ts";

const REVIEW = "https://acme.example/review/v1";
const ZIP = zipOf({ "index.js": "exports.handler = async () => 1;" });
const ci = newSigner();

/** `$` of what is put together of itself 40 times. */
const doubled = (seed: string, last: string): string => {
  const names = Array.from({ length: 40 }, (_, level) => `v${level}`);
  const open = names.map(
    (name, level) => `[${[0, 1].map(() => names[level - 1] ?? seed).join("+")}].all(${name},`,
  );
  return `${open.join("")}${last.replace("$", "v39")}${")".repeat(40)}`;
};

/** A condition by the function that it is for, and what comes of it. */
const CONDITIONS: Readonly<Record<string, { readonly cel: string; readonly code: string }>> = {
  met: { cel: "predicate.approved && target.name == 'met'", code: "verified" },
  "not-met": { cel: "!predicate.approved", code: "condition-not-met" },
  failing: { cel: "predicate.missing == 1", code: "condition-error" },
  "no-truth": { cel: "predicate.text", code: "condition-error" },
  endless: {
    cel: "predicate.items.all(a, predicate.items.all(b, predicate.items.all(c, a + b + c >= 0.0)))",
    code: "condition-too-slow",
  },
  "huge-text": { cel: doubled("predicate.text", "size($) > 0"), code: "condition-error" },
  "huge-list": { cel: doubled("predicate.items", "$.exists(x, x < 0.0)"), code: "condition-too-slow" },
  // What is slow for one function must not hide that another is wrong, nor that one is right.
  last: { cel: "predicate.approved", code: "verified" },
};
const PREDICATE = {
  approved: true,
  text: "x".repeat(100_000),
  items: Array.from({ length: 2000 }, (_, index) => index),
};
const names = Object.keys(CONDITIONS);
const codeOf = (name: string): string => CONDITIONS[name]?.code ?? "";

const policy = trustPolicy(
  { ci },
  {
    rules: names.map((name) => ({
      ...{ functions: [name], signedBy: "ci" },
      attestations: [{ predicateType: REVIEW, conditions: [CONDITIONS[name]?.cel] }],
    })),
  },
);

/** Seconds beyond what the same takes without conditions: each may take half a second. */
const EXTRA = 15;

async function bundlesFor(digests: DigestSet): Promise<[string, string]> {
  const about = { name: "code.zip", digests, predicateType: REVIEW, predicate: PREDICATE };
  return [await signDigests(ci, digests), await signStatement(createAttestation(about), ci.key)];
}

jest.setTimeout(120_000);

describe("conditions that fail, take long or fill the memory, at preview and on the command line", () => {
  const { project: newProject } = projects();
  let project: Project;

  beforeAll(async () => {
    project = await newProject(
      names.map((name) => `fn(${JSON.stringify(name)}, { code: zip("./code.zip") });`).join("\n"),
      { files: { "code.zip": ZIP, "trust-policy.json": JSON.stringify(policy) } },
    );
    const { digests } = await digestPath(join(project.folder, "code.zip"));
    const [signature, review] = await bundlesFor(digests);
    writeFileSync(join(project.folder, "code.zip.sigstore.json"), signature);
    writeFileSync(join(project.folder, "code.zip.review.sigstore.json"), review);
  });

  test("the policy pack's verdict of each is right, and it comes in time", async () => {
    const plain = await timed(trustPolicy({ ci }));
    const judged = await timed(policy);
    for (const name of names) {
      const code = codeOf(name);
      const expected = code === "verified" ? [] : [`${name} lambda-code-signed [${code}]`];
      expect(reportsAbout(judged.result, name)).toEqual(expected);
    }
    expect(judged.seconds - plain.seconds).toBeLessThan(EXTRA);
  });

  async function timed(trusted: object): Promise<{ readonly result: Result; readonly seconds: number }> {
    const start = Date.now();
    const result = await project.preview({ policyPacks: [pack({ trustPolicy: trusted })] });
    return { result, seconds: (Date.now() - start) / 1000 };
  }

  test.each(names)("fnseal verify --function %s", async (name) => {
    const cli = join(root, "cli/dist/fnseal.cjs");
    const code = codeOf(name);
    const start = Date.now();
    const options = ["--trust-policy", "trust-policy.json", "--function", name, "--json"];
    const ran = await project.execute(process.execPath, [cli, "verify", "code.zip", ...options]);
    const { results } = JSON.parse(ran.stdout) as { results: { status: string; code?: string }[] };
    expect(results[0]?.code ?? results[0]?.status).toBe(code);
    expect(ran.exitCode).toBe(code === "verified" ? 0 : code === "condition-not-met" ? 1 : 3);
    expect((Date.now() - start) / 1000).toBeLessThan(EXTRA);
  });
});

describe("the same at run time, by the verifier's own bundle", () => {
  let emulator: Emulator;
  let runtime: Runtime;
  let folder: string;

  beforeAll(async () => {
    emulator = await startEmulator();
    runtime = await deployRuntime(emulator, { trustPolicy: policy });
    folder = temporaryFolder("conditions");
    writeFileSync(join(folder, "code.zip"), ZIP);
    const { digests } = await digestPath(join(folder, "code.zip"));
    const s3 = new S3Client(emulator.config());
    for (const bundle of await bundlesFor(digests)) {
      await putBundle(s3, runtime.bucket, Buffer.from(bundle), digests);
    }
    const Role = await createRole(emulator.config(), "runs", []);
    const lambda = new LambdaClient(emulator.config());
    for (const FunctionName of names) {
      const what = { FunctionName, Role, Runtime: "nodejs22.x", Handler: "index.handler" } as const;
      await lambda.send(new CreateFunctionCommand({ ...what, Code: { ZipFile: ZIP } }));
    }
  });
  afterAll(async () => {
    await emulator.stop();
    removeFolder(folder);
  });

  test.each(names)("%s", async (name) => {
    const start = Date.now();
    const answer = (await runtime.invoke({ function: name })) as { status: string; code?: string };
    expect(answer.code ?? answer.status).toBe(codeOf(name));
    expect((Date.now() - start) / 1000).toBeLessThan(EXTRA);
  });
});
