import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type Emulator, type FaultProxy, startEmulator, startFaultProxy } from "../../support/emulator.ts";
import { createFunction, createRole } from "../../support/emulator/resources.ts";
import { zipOf } from "../support/zip.ts";
import { Desk } from "./support/cli.ts";

const BUCKET = "acme-bundles";
const STORE = ["--store", `s3://${BUCKET}`];
const GOOD = "exports.handler = async () => 'good';";
const BAD = "exports.handler = async () => 'bad';";
const POLICY = "version: 1\nauthorities:\n  ci: { key: ../ci.pub }\nrules:\n  - signedBy: ci\n";

let emulator: Emulator;
let desk: Desk;
let role: string;
let lambda: LambdaClient;

beforeAll(async () => {
  emulator = await startEmulator();
  desk = new Desk(emulator.environment);
  role = await createRole(emulator.config(), "functions", []);
  lambda = new LambdaClient(emulator.config());
  await new S3Client(emulator.config()).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await Promise.all([desk.key("ci"), desk.key("other")]);
  desk.write("fnseal/trust-policy.yaml", POLICY);
  desk.write("good.zip", zipOf({ "index.js": GOOD }));
  expect(await desk.fnseal(["sign", "good.zip", "--key", "ci.key"])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  desk.remove();
  await emulator.stop();
});

const deploy = (name: string, code: string): Promise<void> =>
  createFunction(emulator.config(), name, role, code);

async function keysIn(bucket: string): Promise<string[]> {
  const { Contents = [] } = await new S3Client(emulator.config()).send(
    new ListObjectsV2Command({ Bucket: bucket }),
  );
  return Contents.map(({ Key = "" }) => Key).sort();
}

describe("what AWS, or the way to it, does not let us do", () => {
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(desk.env).filter(([name]) => !names.includes(name)));

  test.each([
    ["no credentials", () => without("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), 2, "aws-credentials"],
    ["no region", () => without("AWS_REGION", "AWS_DEFAULT_REGION"), 2, "aws-region-missing"],
    ["a region that is none", () => ({ ...desk.env, AWS_REGION: "Frankfurt" }), 2, "aws-region-missing"],
    ["nobody there", () => ({ ...desk.env, AWS_ENDPOINT_URL: "http://127.0.0.1:9" }), 3, "aws-unavailable"],
    [
      "no such profile",
      () => ({ ...without("AWS_ACCESS_KEY_ID"), AWS_PROFILE: "nobody" }),
      2,
      "aws-credentials",
    ],
  ])("is one line and a way to mend it: %s", async (_what, env, code, name) => {
    for (const args of [["scan", ...STORE], ["status"], ["pause", "--end"]]) {
      const ran = await desk.fnseal(args, env());
      expect(ran).toMatchObject({ code, stdout: "" });
      expect(ran.stderr).toMatch(new RegExp(`^error: \\[${name}\\] [^\n]+\n {2}to mend it: [^\n]+\n$`));
    }
  });

  test("uses AWS_DEFAULT_REGION too, as the AWS CLI does", async () => {
    const ran = await desk.fnseal(["scan", ...STORE, "--no-budget"], without("AWS_REGION"));
    expect(ran).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("fnseal push", () => {
  test("puts a bundle under each of its digests, and doing it again changes nothing", async () => {
    const first = await desk.json(["push", "good.zip.sigstore.json", ...STORE]);
    expect(first).toMatchObject({
      code: 0,
      results: [{ status: "done", signedBy: "ci", store: `s3://${BUCKET}` }],
    });
    const keys = await keysIn(BUCKET);
    expect(keys.map((key) => key.split("/")[0])).toEqual(["dirHash", "sha256"]);
    expect(first.results[0]?.["keys"]).toEqual(
      expect.arrayContaining(keys.map((key) => ({ key, existed: false }))),
    );
    const again = await desk.json(["push", "good.zip.sigstore.json", ...STORE]);
    expect(again.results[0]?.["keys"]).toEqual(
      expect.arrayContaining(keys.map((key) => ({ key, existed: true }))),
    );
    expect(await keysIn(BUCKET)).toEqual(keys);
    const text = await desk.fnseal(["push", "good.zip.sigstore.json", ...STORE]);
    expect(text.stdout).toContain("was there already");
  });

  test("does not put what the trust policy would not accept, unless told to", async () => {
    desk.write("rogue.zip", zipOf({ "index.js": "1" }));
    await desk.fnseal(["sign", "rogue.zip", "--key", "other.key"]);
    const before = await keysIn(BUCKET);
    const refused = await desk.json(["push", "rogue.zip.sigstore.json", "good.zip.sigstore.json", ...STORE]);
    expect(refused).toMatchObject({
      code: 1,
      results: [{ status: "rejected", code: "signer-not-trusted" }, { status: "done" }],
    });
    expect(await keysIn(BUCKET)).toEqual(before);
    const forced = await desk.json(["push", "rogue.zip.sigstore.json", "--no-verify", ...STORE]);
    expect(forced).toMatchObject({ code: 0, results: [{ status: "done", signedBy: null }] });
    expect(await keysIn(BUCKET)).toHaveLength(before.length + 2);
  });

  test("names a bucket that is not there, and a file that is no bundle", async () => {
    const nowhere = await desk.json(["push", "good.zip.sigstore.json", "--store", "s3://nowhere-at-all"]);
    expect(nowhere).toMatchObject({ code: 3, results: [{ error: { code: "aws-refused" } }] });
    const none = await desk.json(["push", "ci.pub", ...STORE]);
    expect(none.code).toBe(1);
    expect(none.results[0]).toMatchObject({ error: { code: "bundle-not-json" } });
  });
});

describe("fnseal verify --function", () => {
  beforeAll(async () => {
    await deploy("signed", GOOD);
    await deploy("unsigned", BAD);
  });

  test("passes what is signed, by name and by ARN, in text and JSON", async () => {
    const ran = await desk.fnseal(["verify", "--function", "signed", ...STORE]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("signed is verified (1 part judged)");
    expect(ran.stdout).toContain("the code of $LATEST is verified");
    const arn = `arn:aws:lambda:us-east-1:${emulator.accountId}:function:signed`;
    const json = await desk.json(["verify", "--function", arn, ...STORE]);
    expect(json).toMatchObject({
      code: 0,
      results: [
        { function: "signed", arn, status: "verified", judgements: [{ what: "code", status: "verified" }] },
      ],
    });
  });

  test("rejects what is not, and finds bundles in files and folders too", async () => {
    const ran = await desk.fnseal(["verify", "--function", "unsigned", ...STORE]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("[bundle-not-found]");
    expect(ran.stdout).toContain("fnseal sign PATH --function unsigned");
    expect(
      await desk.fnseal(["verify", "--function", "signed", "--bundle", "good.zip.sigstore.json"]),
    ).toMatchObject({
      code: 0,
    });
    const other = await desk.json(["verify", "--function", "signed", "--key", "other.pub", ...STORE]);
    expect(other).toMatchObject({ code: 1, results: [{ code: "signer-not-trusted" }] });
  });

  test("judges the layers as well", async () => {
    const layer = await lambda.send(
      new PublishLayerVersionCommand({
        LayerName: "tools",
        Content: { ZipFile: zipOf({ "nodejs/x.js": "1" }) },
      }),
    );
    await deploy("layered", GOOD);
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: "layered",
        Layers: [layer.LayerVersionArn ?? ""],
      }),
    );
    const json = await desk.json(["verify", "--function", "layered", ...STORE]);
    expect(json).toMatchObject({
      code: 1,
      results: [
        { status: "rejected", judgements: [{ status: "verified" }, { what: "layer", status: "rejected" }] },
      ],
    });
  });

  test("says that there is no such function", async () => {
    const json = await desk.json(["verify", "--function", "nobody", ...STORE]);
    expect(json).toMatchObject({ code: 3, error: { code: "function-not-found" } });
  });

  test("stays what it was where paths are named", async () => {
    const json = await desk.json(["verify", "good.zip", "--function", "unsigned"]);
    expect(json).toMatchObject({ code: 0, results: [{ path: "good.zip", target: { name: "unsigned" } }] });
    expect(await desk.json(["verify"])).toMatchObject({ code: 2, error: { code: "usage-invalid" } });
  });
});

describe("fnseal scan", () => {
  beforeAll(async () => {
    await emulator.reset();
    role = await createRole(emulator.config(), "functions", []);
    await new S3Client(emulator.config()).send(new CreateBucketCommand({ Bucket: BUCKET }));
    expect(await desk.fnseal(["push", "good.zip.sigstore.json", ...STORE])).toMatchObject({ code: 0 });
    await deploy("api-good", GOOD);
    await deploy("api-bad", BAD);
    await deploy("job-good", GOOD);
    await createFunction(emulator.config("eu-west-1"), "far-bad", role, BAD);
  });

  const scan = (...args: string[]) => desk.json(["scan", ...STORE, "--no-budget", ...args]);
  const verdicts = (results: readonly Record<string, unknown>[]): Record<string, unknown> =>
    Object.fromEntries(results.map((one) => [String(one["function"]), one["status"]]));

  test("judges every function of the regions", async () => {
    const all = await scan("--region", "us-east-1", "--region", "eu-west-1");
    expect(all.code).toBe(1);
    expect(verdicts(all.results)).toEqual({
      "api-bad": "rejected",
      "api-good": "verified",
      "far-bad": "rejected",
      "job-good": "verified",
    });
  });

  test("takes names in and out", async () => {
    expect(verdicts((await scan("--include", "api-*")).results)).toEqual({
      "api-bad": "rejected",
      "api-good": "verified",
    });
    const without = await scan("--exclude", "*-bad");
    expect(without.code).toBe(0);
    expect(Object.keys(verdicts(without.results))).toEqual(["api-good", "job-good"]);
  });

  test("is a table for people", async () => {
    const ran = await desk.fnseal(["scan", ...STORE, "--no-budget"]);
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    const lines = ran.stdout.split("\n");
    expect(lines[0]).toBe("3 functions in us-east-1: 1 rejected, 2 verified");
    expect(lines[3]).toMatch(/^rejected {2}api-bad {3}us-east-1 {2}\[bundle-not-found\]/);
  });

  test("is SARIF for programs, on standard output or in a file, without colours", async () => {
    const ran = await desk.fnseal(["scan", ...STORE, "--no-budget", "--sarif"], {
      ...desk.env,
      FORCE_COLOR: "1",
    });
    const sarif = JSON.parse(ran.stdout) as { version: string; runs: { results: { ruleId: string }[] }[] };
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(["bundle-not-found"]);
    expect(ran.code).toBe(1);
    expect(await scan("--sarif", "fnseal.sarif")).toMatchObject({ code: 1 });
    expect(JSON.parse(readFileSync(join(desk.folder, "fnseal.sarif"), "utf8"))).toEqual(sarif);
  });

  test("counts only what changed since the baseline", async () => {
    expect(await scan("--baseline", "baseline.json")).toMatchObject({ code: 0 });
    const same = await scan("--since", "baseline.json");
    expect(same.code).toBe(0);
    expect(same.results.every(({ counts }) => counts === false)).toBe(true);
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: "job-good", ZipFile: zipOf({ "index.js": `${BAD} ` }) }),
    );
    const changed = await scan("--since", "baseline.json");
    expect(changed.code).toBe(1);
    expect(changed.results.filter(({ counts }) => counts).map((one) => one["function"])).toEqual([
      "job-good",
    ]);
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: "job-good", ZipFile: zipOf({ "index.js": GOOD }) }),
    );
  });

  test("goes on where a function may not be read, and names the permission", async () => {
    const bob = await emulator.asUser("bob");
    const resources = [`arn:aws:lambda:*:*:function:api-good`];
    await allow("bob", [
      { Effect: "Allow", Action: ["lambda:List*", "s3:*", "sts:*"], Resource: "*" },
      { Effect: "Allow", Action: "lambda:*", Resource: resources },
    ]);
    const env = desk.env;
    desk.env = { ...env, AWS_ACCESS_KEY_ID: bob.accessKeyId, AWS_SECRET_ACCESS_KEY: bob.secretAccessKey };
    const { code, results } = await scan();
    desk.env = env;
    expect(code).toBe(3);
    expect(verdicts(results)).toEqual({
      "api-bad": "undecided",
      "api-good": "verified",
      "job-good": "undecided",
    });
    expect(results[0]).toMatchObject({ code: "code-unreadable" });
    expect(results[0]?.["reason"]).toContain("lambda:GetFunction");
  });

  test("says which call is denied where nothing may be listed", async () => {
    const eve = await emulator.asUser("eve");
    const env = desk.env;
    desk.env = { ...env, AWS_ACCESS_KEY_ID: eve.accessKeyId, AWS_SECRET_ACCESS_KEY: eve.secretAccessKey };
    const { code, results } = await scan();
    desk.env = env;
    expect(code).toBe(3);
    expect(results).toMatchObject([{ region: "us-east-1", status: "error", error: { code: "aws-denied" } }]);
  });

  test("with its budget, is done where AWS throttles and where functions vanish", async () => {
    const proxy: FaultProxy = await startFaultProxy(emulator.endpoint);
    const env = desk.env;
    desk.env = { ...env, AWS_ENDPOINT_URL: proxy.endpoint };
    try {
      await proxy.rules([
        {
          service: "lambda",
          operation: "GetFunction",
          error: { code: "TooManyRequestsException", status: 429 },
          times: 2,
        },
      ]);
      const { code, results } = await desk.json(["scan", ...STORE, "--include", "api-*"]);
      expect(code).toBe(1);
      expect(verdicts(results)).toEqual({ "api-bad": "rejected", "api-good": "verified" });
      await proxy.rules([
        {
          service: "lambda",
          operation: "GetFunction",
          error: { code: "ResourceNotFoundException", status: 404 },
        },
      ]);
      const gone = await scan("--include", "api-*");
      expect(gone.code).toBe(0);
      expect(verdicts(gone.results)).toEqual({ "api-bad": "gone", "api-good": "gone" });
    } finally {
      desk.env = env;
      await proxy.stop();
    }
  });

  test("leaves nothing in the temporary folder", async () => {
    await lambda.send(new DeleteFunctionCommand({ FunctionName: "api-bad" }));
    const TMPDIR = join(desk.folder, "tmp");
    desk.write("tmp/.keep", "");
    expect(await desk.fnseal(["scan", ...STORE, "--no-budget"], { ...desk.env, TMPDIR })).toMatchObject({
      code: 0,
    });
    expect(readdirSync(TMPDIR)).toEqual([".keep"]);
  });
});

async function allow(user: string, statements: readonly object[]): Promise<void> {
  await new IAMClient(emulator.config()).send(
    new PutUserPolicyCommand({
      UserName: user,
      PolicyName: "own",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    }),
  );
}
