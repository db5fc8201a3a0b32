import {
  type Configuration,
  createCodeStatement,
  digestPath,
  type MacKey,
  sealConfiguration,
  signStatement,
} from "@fnseal/core";
import type { Result } from "../../support/engine.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { newMacKey } from "../runtime/support/macKey.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, reportsAbout } from "../support/reports.ts";
import { newSigner, put } from "../support/signing.ts";

const PASSWORD = "hunter2-and-more";
const LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:shared:1";

/** What is sealed, and the program's properties for it. */
const SEALED: Configuration = {
  handler: "index.handler",
  runtime: "nodejs24.x",
  architectures: ["arm64"],
  layers: [LAYER],
  role: "arn:aws:iam::123456789012:role/orders",
  environment: { PASSWORD, TABLE: "orders" },
  fileSystems: [
    { arn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1", localMountPath: "/mnt/a" },
  ],
  vpc: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
  imageConfig: null,
};
const BASE = {
  architectures: ["arm64"],
  layers: [LAYER],
  role: SEALED.role,
  environment: { variables: { PASSWORD, TABLE: "orders" } },
  fileSystemConfig: SEALED.fileSystems?.[0],
  vpcConfig: { subnetIds: ["subnet-2", "subnet-1"], securityGroupIds: ["sg-1"] },
};
const variables = (more: object) => ({ environment: { variables: { PASSWORD, TABLE: "orders", ...more } } });

/** One property changed each, and what is said of it. */
const CHANGES: readonly (readonly [name: string, change: object, said: string])[] = [
  ["handler", { handler: "index.other" }, "handler differs"],
  ["runtime", { runtime: "nodejs18.x" }, "runtime differs"],
  ["architecture", { architectures: ["x86_64"] }, "architectures differs"],
  ["layer", { layers: [LAYER.replace(/1$/, "2")] }, "layers differs"],
  ["no-layer", { layers: [] }, "layers differs"],
  ["role", { role: "arn:aws:iam::123456789012:role/admin" }, "role differs"],
  ["variable-added", variables({ EXTRA: "x" }), "environment variable EXTRA was added"],
  [
    "variable-removed",
    { environment: { variables: { PASSWORD } } },
    "environment variable TABLE was removed",
  ],
  [
    "variable-changed",
    variables({ PASSWORD: "another-one" }),
    "environment variable PASSWORD has another value",
  ],
  [
    "file-system",
    { fileSystemConfig: { ...SEALED.fileSystems?.[0], localMountPath: "/mnt/b" } },
    "fileSystems differs",
  ],
  ["vpc", { vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } }, "vpc differs"],
  ["image-config", { imageConfig: { commands: ["x"] } }, "imageConfig differs"],
];

const ci = newSigner();
const { project } = projects();
let emulator: Emulator;
let key: MacKey;
let result: Result;
let offline: Result;

beforeAll(async () => {
  emulator = await startEmulator({ auth: false });
  key = await newMacKey(emulator, "eu-west-1");
  const lines = [
    `const sealed = (name, change) => fn(name, { ...${JSON.stringify(BASE)}, code: zip("./sealed"), ...change });`,
    `const plain = (name, variables) => fn(name, { code: zip("./plain"), environment: { variables } });`,
    `const role = new (resource("aws:iam/role:Role", ["arn"]))("role", { assumeRolePolicy: "{}" });`,
    `sealed("same", {});`,
    `sealed("secret", { environment: pulumi.secret({ variables: ${JSON.stringify(variables({}).environment.variables)} }) });`,
    `sealed("role-later", { role: role.arn });`,
    `sealed("value-later", { environment: { variables: { PASSWORD: role.arn, TABLE: "orders" } } });`,
    `sealed("value-later-other-wrong", { environment: { variables: { PASSWORD: role.arn, TABLE: "x" } } });`,
    ...CHANGES.map(([name, change]) => `sealed(${JSON.stringify(name)}, ${JSON.stringify(change)});`),
    `plain("fine", { TABLE: "x" });`,
    `plain("node-options", { NODE_OPTIONS: "--require /tmp/s3cret" });`,
    `plain("source-maps", { NODE_OPTIONS: "--enable-source-maps" });`,
    `plain("preload", { LD_PRELOAD: pulumi.secret("/opt/s3cret.so") });`,
    `plain("options-later", { NODE_OPTIONS: role.arn });`,
    `nativeFn("native", { code: { zipFile: "exports.handler = 1;" }, environment: { variables: { PYTHONPATH: "/mnt/s3cret" } } });`,
  ];
  const made2 = await project(lines.join("\n"));
  put(within(made2, "sealed/index.js"), "exports.handler = async () => 1;");
  put(within(made2, "plain/index.js"), "exports.handler = async () => 2;");
  await sign(within(made2, "sealed"), await sealConfiguration(SEALED, undefined, key));
  await sign(within(made2, "plain"), undefined);
  const policy = trustPolicy(
    { ci },
    {
      sealKeys: [key.uri],
      trustedLayers: [{ arn: LAYER.replace(/1$/, "*") }],
      allowedEnvironment: [
        { variable: "NODE_OPTIONS", values: ["--enable-source-maps"], reason: "stack traces" },
      ],
    },
  );
  const policyPacks = [fnseal({ trustPolicy: policy })];
  const aws = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  result = await made2.preview({ policyPacks, env: { ...aws, AWS_ENDPOINT_URL_KMS: emulator.endpoint } });
  offline = await made2.preview({ policyPacks, env: { ...aws, AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" } });
}, 300_000);
afterAll(() => emulator.stop());

async function sign(
  folder: string,
  configuration: Awaited<ReturnType<typeof sealConfiguration>> | undefined,
) {
  const { digests } = await digestPath(folder);
  const about = { name: "code", digests, functions: ["*"], layers: [], signedAt: new Date(), configuration };
  put(`${folder}.sigstore.json`, await signStatement(createCodeStatement(about), ci.key));
}

test.each(["same", "secret", "fine", "source-maps"])("%s passes", (name) => {
  expect(reportsAbout(result, name)).toEqual([]);
});

test.each(CHANGES)("%s changed: rejected, the field named", (name, _change, said) => {
  expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [configuration-differs]`]);
  expect(messageAbout(result, name)).toContain(said);
});

test.each(["role-later", "value-later"])("%s is decided at up", (name) => {
  expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [configuration-unknown] (notice)`]);
});

test("what differs already is not left to up", () => {
  expect(messageAbout(result, "value-later-other-wrong")).toContain(
    "environment variable TABLE has another value",
  );
});

test.each([
  ["node-options", "NODE_OPTIONS"],
  ["preload", "LD_PRELOAD"],
  ["native", "PYTHONPATH"],
])("%s is rejected by name", (name, variable) => {
  expect(reportsAbout(result, name)).toContain(`${name} lambda-no-code-injection [code-injection]`);
  expect(messageAbout(result, name)).toContain(variable);
});

test("a value that is not known yet is decided at up", () => {
  expect(reportsAbout(result, "options-later")).toEqual([
    "options-later lambda-no-code-injection [configuration-unknown] (notice)",
  ]);
});

test("no value is told anywhere", () => {
  const told = JSON.stringify([result.violations, offline.violations]);
  expect(told).not.toMatch(new RegExp(`${PASSWORD}|another-one|s3cret`));
});

test("without KMS sealed values are undecided, and everything else is judged", () => {
  expect(reportsAbout(offline, "same")).toEqual(["same lambda-code-signed [seal-unchecked]"]);
  expect(reportsAbout(offline, "handler")).toEqual(["handler lambda-code-signed [configuration-differs]"]);
  expect(reportsAbout(offline, "fine")).toEqual([]);
});
