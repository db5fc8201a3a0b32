import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { blockUnsupported } from "../../src/aws/blockSupport.ts";
import { toVersionFacts } from "../../src/aws/versionFacts.ts";

const HEX = "ab".repeat(32);
const ANSWER: FunctionConfiguration = {
  Version: "$LATEST",
  CodeSha256: Buffer.from(HEX, "hex").toString("base64"),
  CodeSize: 10,
  PackageType: "Zip",
  Runtime: "nodejs22.x",
  Handler: "index.handler",
  Role: "arn:aws:iam::111122223333:role/r",
  Environment: { Variables: { A: "1" } },
  VpcConfig: { SubnetIds: ["b", "a"], SecurityGroupIds: [], VpcId: "vpc" },
  Architectures: ["arm64"],
  SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
};
const configuration = (more: FunctionConfiguration): string =>
  JSON.stringify(toVersionFacts({ ...ANSWER, ...more }, "a:B").configuration);

test("the hash is hexadecimal, and what is empty is left out", () => {
  expect(toVersionFacts(ANSWER, "a:B")).toEqual({
    version: "$LATEST",
    codeSha256: HEX,
    packageType: "Zip",
    codeSize: 10,
    layers: [],
    configuration: {
      Runtime: "nodejs22.x",
      Role: "arn:aws:iam::111122223333:role/r",
      Handler: "index.handler",
      PackageType: "Zip",
      SubnetIds: ["a", "b"],
      Environment: { A: "1" },
      Architectures: ["arm64"],
    },
  });
});

test.each<[string, FunctionConfiguration]>([
  ["the role", { Role: "arn:aws:iam::111122223333:role/other" }],
  ["a value of the environment", { Environment: { Variables: { A: "2" } } }],
  ["the environment's key", { KMSKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  ["a file system", { FileSystemConfigs: [{ Arn: "arn", LocalMountPath: "/mnt/a" }] }],
  ["the network", { VpcConfig: { SubnetIds: ["a"] } }],
  ["the image's entry point", { ImageConfigResponse: { ImageConfig: { EntryPoint: ["sh"] } } }],
  ["SnapStart", { SnapStart: { ApplyOn: "PublishedVersions" } }],
])("the configuration changes with %s", (_, more) => {
  expect(configuration(more)).not.toBe(configuration({}));
});

test.each<[string, FunctionConfiguration]>([
  ["the state", { State: "Inactive", LastUpdateStatus: "InProgress" }],
  ["a patch of the runtime", { RuntimeVersionConfig: { RuntimeVersionArn: "arn:aws:lambda:::runtime:1" } }],
  ["dates", { LastModified: "2026-01-01", RevisionId: "x", ConfigSha256: "y" }],
  ["the order of subnets", { VpcConfig: { SubnetIds: ["a", "b"], SecurityGroupIds: [], VpcId: "vpc" } }],
  ["how long it may run", { Timeout: 900, MemorySize: 1024 }],
])("the configuration stays with %s", (_, more) => {
  expect(configuration(more)).toBe(configuration({}));
});

test("an environment that may not be decrypted is one that stays, without AWS's words", () => {
  const denied = (Message: string): string => configuration({ Environment: { Error: { Message } } });
  expect(denied("one")).toBe(denied("two"));
  expect(denied("one")).not.toBe(configuration({}));
});

test.each<[string, FunctionConfiguration]>([
  ["no hash", { CodeSha256: undefined }],
  ["a hash that is none", { CodeSha256: "abc" }],
  ["no version", { Version: undefined }],
  ["a layer without ARN", { Layers: [{}] }],
])("an answer with %s is asked for again", (_, more) => {
  expect(() => toVersionFacts({ ...ANSWER, ...more }, "a:B")).toThrow(
    expect.objectContaining({ name: "AwsFailure", kind: "unavailable" }) as Error,
  );
});

test("replicas and managed instances cannot be blocked", () => {
  const LambdaManagedInstancesCapacityProviderConfig = { CapacityProviderArn: "arn" };
  expect(blockUnsupported(ANSWER)).toBeUndefined();
  expect(blockUnsupported({ ...ANSWER, MasterArn: "arn" })).toMatch(/Lambda@Edge/);
  expect(
    blockUnsupported({ ...ANSWER, CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig } }),
  ).toMatch(/Managed Instances/);
});
