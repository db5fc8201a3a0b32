import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firstResult, fnseal, removeFolders, signingFolder } from "./support/run.ts";

afterAll(removeFolders);

const PASSWORD = "hunter2-and-more";

/** As `aws lambda get-function-configuration` prints it, shortened. */
const DEPLOYED = {
  FunctionName: "orders",
  Runtime: "nodejs22.x",
  Role: "arn:aws:iam::123456789012:role/orders",
  Handler: "index.handler",
  CodeSize: 100,
  Timeout: 3,
  PackageType: "Zip",
  Architectures: ["arm64"],
  Layers: [{ Arn: "arn:aws:lambda:eu-west-1:123456789012:layer:shared:1", CodeSize: 1 }],
  Environment: { Variables: { PASSWORD, TABLE: "orders" } },
  VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: "" },
};

/** A folder with a function, a key `a` and its configuration. */
async function desk(configuration: unknown = DEPLOYED): Promise<string> {
  const cwd = await signingFolder("a");
  const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
  writeFileSync(join(cwd, "orders.json"), text);
  return cwd;
}

const sign = (cwd: string, ...args: string[]) =>
  fnseal(["sign", "dist", "--key", "a.key", "--json", ...args], { cwd });

test("binds what the file says, and no value", async () => {
  const cwd = await desk();
  const ran = await sign(cwd, "--seal-config", "--config", "orders.json");
  expect(firstResult(ran)["configuration"]).toEqual({
    handler: "index.handler",
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:shared:1"],
    role: "arn:aws:iam::123456789012:role/orders",
    environment: { names: ["PASSWORD", "TABLE"] },
    fileSystems: [],
    vpc: null,
    imageConfig: null,
  });
  const bundle = readFileSync(join(cwd, "dist.sigstore.json"), "utf8");
  const { dsseEnvelope } = JSON.parse(bundle) as { dsseEnvelope: { payload: string } };
  const payload = Buffer.from(dsseEnvelope.payload, "base64").toString();
  expect(payload).toContain('"PASSWORD"');
  expect(`${payload}${ran.stdout}${ran.stderr}`).not.toContain(PASSWORD);
});

test("binds the fields that are named", async () => {
  const ran = await sign(await desk(), "--seal-config=handler, role", "--config", "orders.json");
  expect(Object.keys(firstResult(ran)["configuration"] as object)).toEqual(["handler", "role"]);
});

test("takes YAML, the request's shape, and GetFunction's answer", async () => {
  const yaml = "Handler: a.b\nRuntime: python3.13\nRole: r\nLayers: [l1]\n";
  const whole = { Configuration: DEPLOYED, Code: { Location: "https://example.com" } };
  for (const [text, handler] of [
    [yaml, "a.b"],
    [whole, "index.handler"],
  ] as const) {
    const ran = await sign(await desk(text), "--seal-config=handler", "--config", "orders.json");
    expect(firstResult(ran)["configuration"]).toEqual({ handler });
  }
});

test("verify takes the same file, and names what differs", async () => {
  const cwd = await desk();
  await sign(cwd, "--seal-config", "--config", "orders.json");
  const verify = (...args: string[]) => fnseal(["verify", "dist", "--key", "a.pub", ...args], { cwd });
  expect(await verify("--config", "orders.json")).toMatchObject({ code: 0 });
  const unknown = await verify();
  expect([unknown.code, unknown.stdout]).toEqual([3, expect.stringContaining("[configuration-unknown]")]);
  writeFileSync(join(cwd, "other.json"), JSON.stringify({ ...DEPLOYED, Handler: "index.other" }));
  const other = await verify("--config", "other.json");
  expect([other.code, other.stdout]).toEqual([1, expect.stringContaining("handler differs")]);
});

describe("layers", () => {
  const ARN = "arn:aws:lambda:eu-west-1:123456789012:layer:shared:1";
  const sha256 = "ab".repeat(32);
  const CodeSha256 = Buffer.from(sha256, "hex").toString("base64");
  const withLayers = async (...Layers: unknown[]): Promise<string> => {
    const cwd = await desk({ ...DEPLOYED, Layers });
    mkdirSync(join(cwd, "layer"));
    writeFileSync(join(cwd, "layer/a.js"), "module.exports = 1;");
    return cwd;
  };
  const sealLayers = async (cwd: string, ...args: string[]) =>
    sign(cwd, "--seal-config=layers", "--config", "orders.json", ...args);

  test("are bound by what the file says of them", async () => {
    const ran = await sealLayers(
      await withLayers(ARN, { Arn: ARN, CodeSha256 }, { CodeSha256 }, { Path: "layer" }),
    );
    expect(firstResult(ran)["configuration"]).toEqual({
      layers: [
        ARN,
        { arn: ARN, digest: { sha256 } },
        { digest: { sha256 } },
        { digest: { dirHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      ],
    });
    expect(ran.stdout).not.toContain("Path");
  });

  test("are verified by what the file says that they hold", async () => {
    const cwd = await withLayers({ Path: "layer" });
    await sealLayers(cwd);
    const verify = () => fnseal(["verify", "dist", "--key", "a.pub", "--config", "orders.json"], { cwd });
    expect(await verify()).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "layer/a.js"), "module.exports = 2;");
    const changed = await verify();
    expect([changed.code, changed.stdout]).toEqual([
      1,
      expect.stringContaining("layers[0] holds something else"),
    ]);
    writeFileSync(join(cwd, "orders.json"), JSON.stringify({ ...DEPLOYED, Layers: [{ CodeSha256 }] }));
    const other = await verify();
    expect([other.code, other.stdout]).toEqual([3, expect.stringContaining("[layer-content-unknown]")]);
  });

  test.each([
    ["no name", {}, "configuration-file-invalid"],
    ["two contents", { CodeSha256, Path: "layer" }, "configuration-file-invalid"],
    ["a digest in hexadecimal", { CodeSha256: sha256 }, "configuration-file-invalid"],
    ["a path where nothing is", { Path: "none" }, "artifact-not-found"],
  ])("with %s are refused", async (_what, entry, code) => {
    const { code: exit, stdout } = await sealLayers(await withLayers(entry));
    expect([exit > 1, stdout]).toEqual([true, expect.stringContaining(`"${code}"`)]);
  });
});

test.each([
  [
    "layers to read without any that are sealed",
    ["--seal-config=role", "--config", "orders.json", "--read-layers"],
    "usage-invalid",
  ],
  ["layers to read without a seal", ["--read-layers"], "usage-invalid"],
  ["no configuration", ["--seal-config"], "usage-invalid"],
  ["a configuration for nothing", ["--config", "orders.json"], "usage-invalid"],
  [
    "a field that does not exist",
    ["--seal-config=handler,timeout", "--config", "orders.json"],
    "usage-invalid",
  ],
  [
    "a key without variables",
    ["--seal-config=role", "--config", "orders.json", "--seal-key", "awskms:///alias/a"],
    "usage-invalid",
  ],
  [
    "a key of another KMS",
    ["--seal-config", "--config", "orders.json", "--seal-key", "gcpkms://a"],
    "key-scheme-unsupported",
  ],
  ["a file that is not there", ["--seal-config", "--config", "none.json"], "configuration-file-invalid"],
])("%s is refused", async (_what, args, code) => {
  const { code: exit, stdout } = await sign(await desk(), ...args);
  expect([exit, stdout]).toEqual([2, expect.stringContaining(`"${code}"`)]);
});

test.each([
  ["neither JSON nor YAML", `Handler: "x\nEnvironment: { Variables: { P: ${PASSWORD} }`],
  ["of another shape", { ...DEPLOYED, Environment: { Variables: { PASSWORD: [PASSWORD] } } }],
  ["without a handler", { ...DEPLOYED, Handler: undefined }],
  [
    "with an error in place of the environment",
    { ...DEPLOYED, Environment: { Error: { Message: PASSWORD } } },
  ],
])("a file %s is refused, and shows no value", async (_what, file) => {
  const { code, stdout, stderr } = await sign(await desk(file), "--seal-config", "--config", "orders.json");
  expect([code, stdout]).toEqual([2, expect.stringContaining("configuration-file-invalid")]);
  expect(`${stdout}${stderr}`).not.toContain(PASSWORD);
});
