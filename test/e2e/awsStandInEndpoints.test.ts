import { createHash } from "node:crypto";
import { GetFunctionCommand, LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { startEmulator, startFaultProxy } from "../support/emulator.ts";
import type { Emulator, FaultProxy } from "../support/emulator.ts";
import { newProject } from "../support/engine.ts";
import type { Project } from "../support/engine.ts";
import { zipOf } from "./support/zip.ts";
import { changesIn } from "./support/standIn.ts";

describe("a provider with endpoints of its own", () => {
  const zip = zipOf({ "index.js": "exports.handler = async () => 1;" });
  const codeSha256 = createHash("sha256").update(zip).digest("base64");
  const FunctionName = "told";
  let emulator: Emulator;
  let proxy: FaultProxy;
  let project: Project;

  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy(emulator.endpoint);
    const without = Object.entries(emulator.environment).filter(([key]) => key !== "AWS_ENDPOINT_URL");
    const endpoints = [{ iam: emulator.endpoint, lambda: proxy.endpoint }];
    const trust = {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    project = await newProject({
      env: Object.fromEntries(without),
      files: { "code.zip": zip },
      program: `
        const pulumi = require("@pulumi/pulumi");
        const aws = require("@pulumi/aws");
        const provider = new aws.Provider("own", { region: "eu-west-1", endpoints: ${JSON.stringify(endpoints)} });
        const policy = ${JSON.stringify({ Version: "2012-10-17", Statement: [trust] })};
        const role = new aws.iam.Role("role", { assumeRolePolicy: JSON.stringify(policy) }, { provider });
        new aws.lambda.Function("fn", {
          name: "${FunctionName}", role: role.arn, runtime: "nodejs22.x", handler: "index.handler",
          code: new pulumi.asset.FileArchive("./code.zip"), codeSha256: "${codeSha256}",
        }, { provider });
      `,
    });
  });

  afterAll(async () => {
    project.remove();
    await proxy.stop();
    await emulator.stop();
  });

  const shaOf = async (): Promise<string | undefined> => {
    const lambda = new LambdaClient(emulator.config("eu-west-1"));
    return (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration?.CodeSha256;
  };

  test("is used, and a function whose role cannot be assumed yet is tried again", async () => {
    const message = "The role defined for the function cannot be assumed by Lambda.";
    const error = { code: "InvalidParameterValueException", status: 400, message };
    await proxy.rules([{ service: "lambda", operation: "CreateFunction", error, times: 2 }]);
    expect(await project.up()).toMatchObject({ exitCode: 0 });
    expect(await proxy.fired()).toBe(2);
    // A zip is sent as it is.
    expect(await shaOf()).toBe(codeSha256);
  });

  test("code that someone replaced comes back where the program says its codeSha256", async () => {
    const lambda = new LambdaClient(emulator.config("eu-west-1"));
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf({ "index.js": "evil" }) }),
    );
    expect(changesIn(await project.refresh())).toEqual(["aws:lambda/function:Function"]);
    expect(await project.up()).toMatchObject({ exitCode: 0 });
    expect(await shaOf()).toBe(codeSha256);
    expect(await project.destroy()).toMatchObject({ exitCode: 0 });
    await expect(shaOf()).rejects.toThrow("not found");
  });
});
