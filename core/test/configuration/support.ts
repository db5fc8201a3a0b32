import { createHmac } from "node:crypto";
import {
  checkSeal,
  type Configuration,
  type MacKey,
  type SealContext,
  type SealedConfiguration,
} from "../../src/configuration/index.ts";
import { FnsealError } from "../../src/errors.ts";

export const KEY = "awskms:///arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** No output may have it. */
export const PASSWORD = "hunter2-and-more";

/** What the tests' function runs with. */
export const CONFIGURATION: Configuration = {
  handler: "index.handler",
  runtime: "nodejs22.x",
  architectures: ["arm64"],
  layers: [layer(1), layer(2)],
  role: "arn:aws:iam::123456789012:role/orders",
  environment: { PASSWORD, TABLE: "orders" },
  fileSystems: [
    {
      arn: "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-1",
      localMountPath: "/mnt/a",
    },
  ],
  vpc: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
  imageConfig: { entryPoint: ["/bin/app"], command: ["serve", "fast"], workingDirectory: "/srv" },
};

export function layer(version: number): string {
  return `arn:aws:lambda:eu-central-1:123456789012:layer:shared:${version}`;
}

/** One thing changed at a time, with what is said of it. */
export const CHANGES: readonly (readonly [name: string, change: Partial<Configuration>, said: string])[] = [
  ["handler", { handler: "index.other" }, "handler differs"],
  ["no handler", { handler: null }, "handler differs"],
  ["runtime", { runtime: "nodejs18.x" }, "runtime differs"],
  ["architecture", { architectures: ["x86_64"] }, "architectures differs"],
  ["layer version", { layers: [layer(1), layer(3)] }, "layers differs"],
  ["layer order", { layers: [layer(2), layer(1)] }, "layers differs"],
  ["layer added", { layers: [layer(1), layer(2), layer(3)] }, "layers differs"],
  ["layer removed", { layers: [layer(1)] }, "layers differs"],
  ["role", { role: "arn:aws:iam::123456789012:role/admin" }, "role differs"],
  [
    "variable added",
    { environment: { PASSWORD, TABLE: "orders", NODE_OPTIONS: "-r /tmp/x" } },
    "environment variable NODE_OPTIONS was added",
  ],
  ["variable removed", { environment: { PASSWORD } }, "environment variable TABLE was removed"],
  [
    "all variables removed",
    { environment: {} },
    "environment variable PASSWORD was removed, environment variable TABLE was removed",
  ],
  [
    "file system added",
    { fileSystems: [...(CONFIGURATION.fileSystems ?? []), { arn: "arn:x", localMountPath: "/mnt/b" }] },
    "fileSystems differs",
  ],
  ["file system removed", { fileSystems: [] }, "fileSystems differs"],
  [
    "mount path",
    { fileSystems: [{ arn: CONFIGURATION.fileSystems?.[0]?.arn ?? "", localMountPath: "/mnt/b" }] },
    "fileSystems differs",
  ],
  ["subnet", { vpc: { subnetIds: ["subnet-1", "subnet-3"], securityGroupIds: ["sg-1"] } }, "vpc differs"],
  [
    "security group",
    { vpc: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-2"] } },
    "vpc differs",
  ],
  ["VPC removed", { vpc: null }, "vpc differs"],
  [
    "entry point",
    { imageConfig: { entryPoint: ["/bin/sh"], command: ["serve", "fast"], workingDirectory: "/srv" } },
    "imageConfig differs",
  ],
  [
    "command",
    { imageConfig: { entryPoint: ["/bin/app"], command: ["fast", "serve"], workingDirectory: "/srv" } },
    "imageConfig differs",
  ],
  [
    "working directory",
    { imageConfig: { entryPoint: ["/bin/app"], command: ["serve", "fast"], workingDirectory: "/" } },
    "imageConfig differs",
  ],
  ["image config removed", { imageConfig: null }, "imageConfig differs"],
];

/** The KMS of the tests: the secret of the one key that it has, and what was asked. */
export class Kms implements MacKey {
  readonly uri = KEY;
  asked: string[] = [];
  isDown = false;

  readonly mac = async (message: Buffer): Promise<Buffer> =>
    createHmac("sha256", "the key").update(message).digest();

  readonly verifyMac = async (key: string, message: Buffer, mac: Buffer): Promise<boolean> => {
    this.asked.push(message.toString().split("\n")[0] ?? "");
    if (this.isDown || key !== KEY)
      throw new FnsealError("seal-unchecked", `kms:VerifyMac of ${key} is denied`);
    return mac.equals(await this.mac(message));
  };
}

/** Checks a seal against the tests' function, with something changed. */
export const check = (
  sealed: SealedConfiguration,
  change: Partial<Configuration> = {},
  context: Partial<SealContext> = {},
) =>
  checkSeal(sealed, {
    configuration: { ...CONFIGURATION, ...change },
    keys: [KEY],
    verifyMac: undefined,
    readLayer: undefined,
    ...context,
  });
