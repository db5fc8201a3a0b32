import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startEmulator } from "../support/emulator.ts";
import type { Emulator } from "../support/emulator.ts";
import { newProject } from "../support/engine.ts";
import type { Project } from "../support/engine.ts";
import { everything } from "../support/plugins/aws/everything.ts";
import { zipOf } from "./support/zip.ts";
import {
  attributesOf,
  changesIn,
  expectTheFirst,
  expectTheSecond,
  functionIn,
  nameIn,
} from "./support/standIn.ts";

describe("the stand-in for the aws plugin on an emulator", () => {
  let emulator: Emulator;
  let project: Project;
  let names: Record<string, string>;
  let lambda: LambdaClient;

  const namesOf = async (): Promise<Record<string, string>> => {
    const outputs = await project.pulumi(["stack", "output", "--json", "--stack", "dev"]);
    return (JSON.parse(outputs.stdout) as { names: Record<string, string> }).names;
  };
  const stateOf = async (resource: string): Promise<Record<string, unknown>> => {
    const { stdout } = await project.pulumi(["stack", "export", "--stack", "dev"]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources: { urn: string; outputs?: Record<string, unknown> }[] };
    };
    return deployment.resources.find(({ urn }) => urn.endsWith(`::${resource}`))?.outputs ?? {};
  };
  const nameOf = (key: string): string => nameIn(names, key);
  const fnOf = (name: string) => functionIn(emulator, nameOf(name));

  beforeAll(async () => {
    emulator = await startEmulator();
    lambda = new LambdaClient(emulator.config());
    project = await newProject({
      program: everything({ changed: false }),
      files: { "code/index.js": "exports.handler = async () => 1;" },
      config: { "aws:region": "us-east-1" },
      env: emulator.environment,
    });
  });

  afterAll(async () => {
    project.remove();
    await emulator.stop();
  });

  test("up makes one of each type, as the program says", async () => {
    const result = await project.up();
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    names = await namesOf();

    await expectTheFirst(emulator, names);
  });

  test("a provider's and a resource's own region are where the resource is", async () => {
    expect(names["far"]).toMatch(/^arn:aws:sqs:eu-central-1:/);
    expect(names["near"]).toMatch(/^arn:aws:sqs:ap-south-1:/);
    for (const [region, prefix] of [
      ["eu-central-1", "far-"],
      ["ap-south-1", "near-"],
    ] as const) {
      const { QueueUrls = [] } = await new SQSClient(emulator.config(region)).send(new ListQueuesCommand());
      expect(QueueUrls).toEqual([expect.stringContaining(`/${prefix}`)]);
    }
  });

  test("a second up changes nothing, and a refresh finds nothing changed", async () => {
    const again = await project.up();
    expect(again).toMatchObject({ exitCode: 0 });
    expect(changesIn(again)).toEqual([]);
    const refreshed = await project.refresh();
    expect(refreshed).toMatchObject({ exitCode: 0 });
    expect(changesIn(refreshed)).toEqual([]);
  });

  test("what someone else changed is found by refresh and set right by up", async () => {
    const { Configuration } = await fnOf("fn");
    const FunctionName = nameOf("fn");
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 99 }));
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf({ "index.js": "evil" }) }),
    );
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    const Resource = Configuration?.FunctionArn;
    await lambda.send(new TagResourceCommand({ Resource, Tags: { stage: "forged", extra: "yes" } }));
    await new SQSClient(emulator.config()).send(new DeleteQueueCommand({ QueueUrl: nameOf("letters") }));

    const refreshed = await project.refresh();
    expect(refreshed).toMatchObject({ exitCode: 0 });
    const gone = ["aws:sqs/queue:Queue", "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"];
    expect(changesIn(refreshed)).toEqual(["aws:lambda/function:Function", ...gone]);
    expect((await stateOf("fn"))["codeSha256"]).toBe((await fnOf("fn")).Configuration?.CodeSha256);

    expect(await project.up()).toMatchObject({ exitCode: 0 });
    names = await namesOf();
    expect(await fnOf("fn")).toMatchObject({
      Configuration: { Timeout: 10 },
      Concurrency: { ReservedConcurrentExecutions: 5 },
      Tags: { stage: "one", kept: "yes" },
    });
    expect((await fnOf("fn")).Tags).not.toHaveProperty("extra");
    expect(await attributesOf(emulator, nameOf("letters"))).toMatchObject({
      MessageRetentionPeriod: "1209600",
    });
  });

  test("what the program changes is changed in place", async () => {
    writeFileSync(join(project.folder, "index.js"), everything({ changed: true }));
    writeFileSync(join(project.folder, "code/index.js"), "exports.handler = async () => 2;");
    const before = names;
    const preview = await project.preview();
    expect(preview).toMatchObject({ exitCode: 0 });
    expect(await fnOf("fn")).toMatchObject({ Configuration: { MemorySize: 128 } });
    expect(await project.up()).toMatchObject({ exitCode: 0, stderr: "" });
    names = await namesOf();
    expect({ ...names, layer: "", codeSha256: "", version: "", sourceCodeSize: "" }).toEqual({
      ...before,
      ...{ layer: "", codeSha256: "", version: "", sourceCodeSize: "" },
    });

    expect(names["codeSha256"]).not.toBe(before["codeSha256"]);
    expect(Number(names["version"])).toBeGreaterThan(Number(before["version"]));
    await expectTheSecond(emulator, names);
    expect(changesIn(await project.refresh())).toEqual([]);
  });

  test("a secret stays one in the state", async () => {
    const { stdout } = await project.pulumi(["stack", "export", "--stack", "dev"]);
    expect(stdout).toContain("ciphertext");
    expect(stdout).not.toContain("two-hidden");
  });

  test("destroy leaves nothing", async () => {
    expect(await project.destroy()).toMatchObject({ exitCode: 0 });
    await expect(fnOf("fn")).rejects.toThrow("not found");
    const role = new GetRoleCommand({ RoleName: nameOf("role") });
    await expect(new IAMClient(emulator.config()).send(role)).rejects.toThrow();
    const { Buckets = [] } = await new S3Client(emulator.config()).send(new ListBucketsCommand());
    expect(Buckets).toEqual([]);
    const { QueueUrls = [] } = await new SQSClient(emulator.config()).send(new ListQueuesCommand());
    expect(QueueUrls).toEqual([]);
    const key = new DescribeKeyCommand({ KeyId: nameOf("key") });
    expect((await new KMSClient(emulator.config()).send(key)).KeyMetadata?.KeyState).toBe("PendingDeletion");
  });
});
