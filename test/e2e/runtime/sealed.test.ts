import {
  type Architecture,
  CreateAliasCommand,
  CreateFunctionCommand,
  type ImageConfig,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from "@aws-sdk/client-lambda";
import { type Configuration, type MacKey, sealConfiguration } from "@fnseal/core";
import type { Finding } from "../../../verifier/src/model/finding.ts";
import { createRole } from "../../support/emulator/resources.ts";
import { codeOf } from "./support/functions.ts";
import { newMacKey } from "./support/macKey.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const CODE = codeOf("sealed");
const NAME = "orders";
/** No notice, tag or record may have one of these. */
const PASSWORD = "hunter2-and-more";
const ANOTHER = "letmein-and-more";

/** What is changed, as AWS's API has it. Architectures are part of the code there. */
type Change = Partial<UpdateFunctionConfigurationCommandInput> & {
  readonly Architectures?: Architecture[];
};

const FILE_SYSTEM = {
  Arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
  LocalMountPath: "/mnt/a",
};
const VPC = { SubnetIds: ["subnet-1", "subnet-2"], SecurityGroupIds: ["sg-1"] };
const variables = (more: Record<string, string>) => ({ Environment: { Variables: more } });
const VARIABLES = { PASSWORD, TABLE: "orders" };

/** What Lambda puts in place of an image's own. */
const PICTURE = { EntryPoint: ["/bin/app"], Command: ["serve", "fast"], WorkingDirectory: "/srv" };
const IMAGE = "12".repeat(32);

/** One field changed each, and what is said of it. A function that is a zip takes no ImageConfig: that is tried on an image. */
const CHANGES: readonly (readonly [name: string, change: () => Change, said: string])[] = [
  ["handler", () => ({ Handler: "index.other" }), "handler differs"],
  ["runtime", () => ({ Runtime: "nodejs22.x" }), "runtime differs"],
  ["architectures", () => ({ Architectures: ["x86_64"] }), "architectures differs"],
  ["layers: another version", () => ({ Layers: [layers[1]] }), "layers differs"],
  ["layers: one more", () => ({ Layers: [layers[0], layers[1]] }), "layers differs"],
  ["layers: none", () => ({ Layers: [] }), "layers differs"],
  ["role", () => ({ Role: otherRole }), "role differs"],
  [
    "a variable that is new",
    () => variables({ ...VARIABLES, EXTRA: ANOTHER }),
    "environment variable EXTRA was added",
  ],
  ["a variable that is gone", () => variables({ PASSWORD }), "environment variable TABLE was removed"],
  [
    "a variable's value",
    () => variables({ ...VARIABLES, PASSWORD: ANOTHER }),
    "environment variable PASSWORD has another value",
  ],
  [
    "a file system's place",
    () => ({ FileSystemConfigs: [{ ...FILE_SYSTEM, LocalMountPath: "/mnt/b" }] }),
    "fileSystems differs",
  ],
  ["file systems: none", () => ({ FileSystemConfigs: [] }), "fileSystems differs"],
  ["subnets", () => ({ VpcConfig: { ...VPC, SubnetIds: ["subnet-1", "subnet-3"] } }), "vpc differs"],
  ["security groups", () => ({ VpcConfig: { ...VPC, SecurityGroupIds: ["sg-2"] } }), "vpc differs"],
  ["VPC: none", () => ({ VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } }), "vpc differs"],
];

let watched: Watched;
let layers: readonly [string, string];
let role: string;
let otherRole: string;
let key: MacKey;

jest.setTimeout(300_000);

const sealed = (): Change => ({
  Handler: "index.handler",
  Runtime: "nodejs24.x",
  Architectures: ["arm64"],
  Layers: [layers[0]],
  Role: role,
  ...variables(VARIABLES),
  FileSystemConfigs: [FILE_SYSTEM],
  VpcConfig: VPC,
});

async function publishLayer(): Promise<string> {
  const content = { LayerName: "shared", Content: { ZipFile: codeOf(`a layer ${String(Math.random())}`) } };
  await watched.functions.sign(Buffer.from(content.Content.ZipFile));
  const published = await watched.functions.client().send(new PublishLayerVersionCommand(content));
  return published.LayerVersionArn ?? "";
}

/** Changes the function. The emulator takes file systems, subnets and security groups that it does not have. */
async function update({ Architectures, ...change }: Change): Promise<void> {
  const lambda = watched.functions.client();
  if (Architectures) {
    const code = { FunctionName: NAME, ZipFile: CODE, Architectures };
    await lambda.send(new UpdateFunctionCodeCommand(code));
  }
  if (Object.keys(change).length > 0)
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: NAME, ...change }));
}

const isTold =
  (status: Finding["status"], name = NAME) =>
  (told: Finding): boolean =>
    told.kind === "function" && told.function?.name === name && told.status === status;

async function settled(isWanted: "blocked" | "free", name = NAME): Promise<void> {
  await watched.state.wait(name, ({ judged, block }) =>
    isWanted === "blocked" ? block?.state === "blocked" : judged?.status === "verified" && !block,
  );
}

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } } });
  const { emulator, functions } = watched;
  key = await newMacKey(emulator);
  // The trust policy that names the key brings the permission to ask it.
  const up = await watched.setPolicy({ policy: { sealKeys: [key.uri] }, rule: { requireSeal: true } });
  expect(up.exitCode).toBe(0);
  await watched.sweep();
  role = functions.roleArn;
  otherRole = await createRole(emulator.config(), "mighty", []);
  layers = [await publishLayer(), await publishLayer()];
  const configuration: Configuration = {
    handler: "index.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    layers: [layers[0]],
    role,
    environment: VARIABLES,
    fileSystems: [{ arn: FILE_SYSTEM.Arn, localMountPath: FILE_SYSTEM.LocalMountPath }],
    vpc: { subnetIds: VPC.SubnetIds, securityGroupIds: VPC.SecurityGroupIds },
    imageConfig: null,
  };
  await functions.sign(CODE, { configuration: await sealConfiguration(configuration, undefined, key) });
  const ofImage: Configuration = {
    ...{ handler: null, runtime: null, architectures: ["x86_64"], layers: [], role, environment: {} },
    ...{ fileSystems: [], vpc: null },
    imageConfig: {
      entryPoint: PICTURE.EntryPoint,
      command: PICTURE.Command,
      workingDirectory: PICTURE.WorkingDirectory,
    },
  };
  const imageSeal = await sealConfiguration(ofImage, undefined, key);
  await functions.signDigests({ sha256: IMAGE }, { functions: ["picture-*"], configuration: imageSeal });
  await functions.create(NAME, CODE, sealed());
  await settled("free");
});
afterAll(() => watched.remove());

describe("a function that runs what was sealed, by a verifier that the component installed", () => {
  test("is verified, and nobody is told", async () => {
    await watched.queues.quiet();
    expect(await watched.notices.about(NAME)).toEqual([]);
    expect(await watched.functions.tagsOf(NAME)).toMatchObject({ "fnseal:status": "verified" });
  });

  test.each(CHANGES)(
    "%s changed: blocked, the notice names it; put back: free again",
    async (...[, change, said]) => {
      const since = Date.now();
      await update(change());
      const { finding } = await watched.notices.wait(isTold("rejected"), { since });
      expect(finding).toMatchObject({
        kind: "function",
        code: "configuration-differs",
        function: { name: NAME, versions: ["$LATEST"] },
        text: expect.stringContaining(said) as string,
        change: { event: expect.stringMatching(/^UpdateFunction(Code|Configuration)/) as string },
        done: [{ action: "blocked" }],
      });
      expect(await watched.functions.concurrencyOf(NAME)).toBe(0);
      await update(sealed());
      await watched.notices.wait(isTold("verified"), { since });
      await settled("free");
      expect(await watched.functions.concurrencyOf(NAME)).toBeUndefined();
    },
  );

  test("a published version with another configuration is found once an alias leads to it", async () => {
    const lambda = watched.functions.client();
    await update({ Handler: "index.other" });
    await settled("blocked");
    await lambda.send(new PublishVersionCommand({ FunctionName: NAME }));
    await update(sealed());
    await settled("free");
    const since = Date.now();
    const alias = { FunctionName: NAME, Name: "live", FunctionVersion: "1" };
    await lambda.send(new CreateAliasCommand(alias));
    const { finding } = await watched.notices.wait(
      (told) => isTold("rejected")(told) && told.function?.versions.join() === "1",
      { since },
    );
    expect(finding.code).toBe("configuration-differs");
  });

  test.each([
    ["entry point", { EntryPoint: ["/bin/sh"] }],
    ["command", { Command: ["fast", "serve"] }],
    ["working directory", { WorkingDirectory: "/tmp" }],
  ])("an image's %s changed: blocked; put back: free again", async (name, change) => {
    const FunctionName = `picture-${name.replace(" ", "-")}`;
    const lambda = watched.functions.client();
    const set = (ImageConfig: ImageConfig): Promise<unknown> =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ImageConfig }));
    // The verifier asks no registry: AWS says by digest what runs.
    const Code = { ImageUri: `registry.invalid/acme/picture@sha256:${IMAGE}` };
    const shape = { PackageType: "Image", Role: role, Code, ImageConfig: PICTURE } as const;
    await lambda.send(new CreateFunctionCommand({ FunctionName, ...shape }));
    await settled("free", FunctionName);
    const since = Date.now();
    await set({ ...PICTURE, ...change });
    const { finding } = await watched.notices.wait(isTold("rejected", FunctionName), { since });
    expect(finding).toMatchObject({
      code: "configuration-differs",
      text: expect.stringContaining("imageConfig differs") as string,
      done: [{ action: "blocked" }],
    });
    await set(PICTURE);
    await settled("free", FunctionName);
  });

  test("no value reaches a notice, a tag or the table", async () => {
    const told = JSON.stringify([
      await watched.notices.all(),
      await watched.functions.tagsOf(NAME),
      await watched.state.recordOf(NAME),
    ]);
    expect(told).not.toMatch(new RegExp(`${PASSWORD}|${ANOTHER}`));
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
