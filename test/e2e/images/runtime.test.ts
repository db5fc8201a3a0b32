import { CreateFunctionCommand, LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { createRegistry, isEcr, type Registry } from "../../../core/src/oci/index.ts";
import { ensureRegistry } from "../../../scripts/tools/registry.ts";
import { ecrCredentials } from "../../../verifier/src/aws/ecr.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { createRole } from "../../support/emulator/resources.ts";
import {
  type MadeImage,
  makeImage,
  makeIndex,
  type RegistryService,
  startRegistry,
} from "../../support/registry.ts";
import { Desk } from "../runtime/support/cli.ts";

const BUCKET = "acme-image-bundles";
const STORE = ["--store", `s3://${BUCKET}`];
const POLICY = "version: 1\nauthorities:\n  ci: { key: ../ci.pub }\nrules:\n  - signedBy: ci\n";

let emulator: Emulator;
let service: RegistryService;
let registry: Registry;
let desk: Desk;
let role: string;
let lambda: LambdaClient;

beforeAll(async () => {
  await ensureRegistry();
  [emulator, service] = await Promise.all([startEmulator(), startRegistry()]);
  registry = createRegistry({ credentials: async () => undefined });
  desk = new Desk(emulator.environment);
  role = await createRole(emulator.config(), "functions", []);
  lambda = new LambdaClient(emulator.config());
  await new S3Client(emulator.config()).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await Promise.all([desk.key("ci"), desk.key("other")]);
  desk.write("fnseal/trust-policy.yaml", POLICY);
}, 300_000);
afterAll(async () => {
  desk.remove();
  await Promise.all([emulator.stop(), service.stop()]);
});

const where = (): { registry: string; name: string } => ({ registry: service.host, name: "acme/orders" });
const named = ({ sha256 }: MadeImage): string => `${service.host}/acme/orders@sha256:${sha256}`;

async function deploy(FunctionName: string, image: MadeImage): Promise<void> {
  const Code = { ImageUri: named(image) };
  await lambda.send(new CreateFunctionCommand({ FunctionName, Role: role, PackageType: "Image", Code }));
}

/** What the verifier's own inspection says of a deployed function: exit code, and why. */
async function verdict(name: string): Promise<string> {
  const { code, results } = await desk.json(["verify", "--function", name, ...STORE]);
  const [result] = results;
  return `${String(code)} ${String(result?.["code"] ?? result?.["status"])}`;
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await new S3Client(emulator.config()).send(
    new ListObjectsV2Command({ Bucket: BUCKET }),
  );
  return Contents.map(({ Key = "" }) => Key);
}

test("an image runs verified once its bundle is in the store, and another one in its place does not", async () => {
  const signed = await makeImage(registry, where(), { text: "signed" });
  await deploy("orders", signed);
  expect(await verdict("orders")).toBe("1 bundle-not-found");
  expect(await desk.fnseal(["sign", named(signed), "--key", "ci.key"])).toMatchObject({ code: 0 });
  // The verifier asks no registry.
  expect(await verdict("orders")).toBe("1 bundle-not-found");
  expect(await desk.fnseal(["push", named(signed), ...STORE])).toMatchObject({ code: 0, stderr: "" });
  expect(await verdict("orders")).toBe("0 verified");
  const other = await makeImage(registry, where(), { text: "other" });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "orders", ImageUri: named(other) }));
  expect(await verdict("orders")).toBe("1 bundle-not-found");
});

test("of an index every image's bundle is pushed, so that whatever runs is found", async () => {
  const images = [
    await makeImage(registry, where(), { text: "a" }),
    await makeImage(registry, where(), { text: "b", architecture: "arm64" }),
  ];
  const index = await makeIndex(registry, where(), images);
  expect(await desk.fnseal(["sign", named(index), "--key", "ci.key"])).toMatchObject({ code: 0 });
  expect(await desk.fnseal(["push", named(index), ...STORE])).toMatchObject({ code: 0 });
  const prefixes = (await keys()).map((key) => key.split("/").slice(0, 2).join("/"));
  for (const { sha256 } of [index, ...images]) expect(prefixes).toContain(`sha256/${sha256}`);
  await deploy("of-index", images[1] ?? index);
  expect(await verdict("of-index")).toBe("0 verified");
});

test("what nobody trusted signed, what has no bundle and what is named by tag is not pushed", async () => {
  const image = await makeImage(registry, where(), { text: "strange", tag: "v1" });
  const before = await keys();
  const push = async (what: string): Promise<string> => {
    const { code, results } = await desk.json(["push", what, ...STORE]);
    const [result] = results as { code?: string; error?: { code: string } }[];
    return `${String(code)} ${result?.code ?? result?.error?.code ?? ""}`;
  };
  expect(await push(named(image))).toBe("1 bundle-not-found");
  expect(await push(`${service.host}/acme/orders:v1`)).toBe("2 image-tag-refused");
  expect(await desk.fnseal(["sign", named(image), "--key", "other.key"])).toMatchObject({ code: 0 });
  expect(await push(named(image))).toBe("1 signer-not-trusted");
  expect(await keys()).toEqual(before);
});

describe("Amazon ECR", () => {
  test("gives the caller a password, in the registry's own region", async () => {
    const name = `${emulator.accountId}.dkr.ecr.us-east-1.amazonaws.com`;
    expect(isEcr(name)).toBe(true);
    expect(await ecrCredentials(emulator.config())(name)).toMatchObject({
      kind: "password",
      username: "AWS",
    });
  });

  test("that cannot be asked is a failure that may pass", async () => {
    const config = { ...emulator.config(), endpoint: "http://127.0.0.1:9", maxAttempts: 1 };
    await expect(ecrCredentials(config)("1.dkr.ecr.us-east-1.amazonaws.com")).rejects.toMatchObject({
      ...{ name: "AwsFailure", kind: "unavailable" },
    });
  });

  test.each([
    ["123456789012.dkr.ecr.eu-central-1.amazonaws.com", true],
    ["123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", true],
    ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", true],
    ["123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example", false],
    ["123456789012.dkr.ecr.eu-central-1.amazonaws.com:8443", false],
    ["evil.example/123456789012.dkr.ecr.eu-central-1.amazonaws.com", false],
    ["evil-123456789012.dkr.ecr.eu-central-1.amazonaws.com", false],
    ["123456789012.dkr.ecr.eu-central-1xamazonaws.com", false],
    ["public.ecr.aws", false],
  ])("%s: %s", (name, isOne) => {
    expect(isEcr(name)).toBe(isOne);
  });
});
