import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateFunctionCommand,
  type ImageConfig,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createRegistry } from "../../../core/src/oci/index.ts";
import { ensureRegistry } from "../../../scripts/tools/registry.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { createRole } from "../../support/emulator/resources.ts";
import type { Result } from "../../support/engine.ts";
import { makeImage, type RegistryService, startRegistry } from "../../support/registry.ts";
import { BUILT, Desk } from "../runtime/support/cli.ts";
import { fnseal } from "../support/pack.ts";
import { projects } from "../support/projects.ts";
import { messageAbout, reportsAbout } from "../support/reports.ts";

const BUCKET = "acme-image-bundles";
const STORE = ["--store", `s3://${BUCKET}`];
const SEALED = { EntryPoint: ["/bin/app"], Command: ["serve", "fast"], WorkingDirectory: "/srv" };

/** What Lambda may put in place of the image's own, one thing changed each. */
const CHANGES: Readonly<Record<string, ImageConfig>> = {
  "entry-point": { ...SEALED, EntryPoint: ["/bin/sh"] },
  command: { ...SEALED, Command: ["serve"] },
  "command-order": { ...SEALED, Command: ["fast", "serve"] },
  "working-directory": { ...SEALED, WorkingDirectory: "/tmp" },
  "no-command": { EntryPoint: SEALED.EntryPoint, WorkingDirectory: SEALED.WorkingDirectory },
  nothing: {},
};

let emulator: Emulator;
let service: RegistryService;
let desk: Desk;
let role: string;
let uri: string;

jest.setTimeout(300_000);

const fileWith = (config: ImageConfig): string =>
  JSON.stringify({ PackageType: "Image", Role: role, ImageConfigResponse: { ImageConfig: config } });

beforeAll(async () => {
  await ensureRegistry();
  [emulator, service] = await Promise.all([startEmulator(), startRegistry()]);
  desk = new Desk(emulator.environment, BUILT);
  role = await createRole(emulator.config(), "functions", []);
  await new S3Client(emulator.config()).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await desk.key("ci");
  const rule = "signedBy: ci\n    requireSeal: [imageConfig, role]";
  desk.write(
    "fnseal/trust-policy.yaml",
    `version: 1\nauthorities:\n  ci: { key: ../ci.pub }\nrules:\n  - ${rule}\n`,
  );
  const registry = createRegistry({ credentials: async () => undefined });
  const made = await makeImage(registry, { registry: service.host, name: "acme/orders" }, { text: "sealed" });
  uri = `${service.host}/acme/orders@sha256:${made.sha256}`;
  desk.write("orders.json", fileWith(SEALED));
  const seal = ["--seal-config=imageConfig,role", "--config", "orders.json"];
  expect(await desk.fnseal(["sign", uri, "--key", "ci.key", ...seal])).toMatchObject({ code: 0 });
  expect(await desk.fnseal(["push", uri, ...STORE])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  desk.remove();
  await Promise.all([emulator.stop(), service.stop()]);
});

describe("fnseal verify IMAGE --config", () => {
  const verify = (config: ImageConfig) => {
    desk.write("present.json", fileWith(config));
    return desk.json(["verify", uri, "--config", "present.json"]);
  };

  test("accepts what was sealed, and leaves open what nobody said", async () => {
    expect(await verify(SEALED)).toMatchObject({ code: 0 });
    expect((await desk.json(["verify", uri])).results).toMatchObject([{ code: "configuration-unknown" }]);
  });

  test.each(Object.keys(CHANGES))("rejects %s that differs", async (name) => {
    const { code, results } = await verify(CHANGES[name] ?? {});
    expect([code, results[0]]).toMatchObject([
      1,
      { code: "configuration-differs", reason: expect.stringContaining("imageConfig differs") as string },
    ]);
  });
});

describe("an image that is deployed", () => {
  let lambda: LambdaClient;
  const FunctionName = "orders";
  const verdict = async () => {
    const { code, results } = await desk.json(["verify", "--function", FunctionName, ...STORE]);
    const { code: why, reason } = results[0] ?? {};
    return { code, why, reason };
  };

  beforeAll(async () => {
    lambda = new LambdaClient(emulator.config());
    const shape = { FunctionName, Role: role, PackageType: "Image" } as const;
    await lambda.send(new CreateFunctionCommand({ ...shape, Code: { ImageUri: uri }, ImageConfig: SEALED }));
  });

  test("with what was sealed is verified", async () => {
    expect(await verdict()).toMatchObject({ code: 0 });
  });

  test.each(Object.keys(CHANGES))("with another %s is rejected, and put back verified", async (name) => {
    const set = (config: ImageConfig) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ImageConfig: config }));
    await set(CHANGES[name] ?? {});
    expect(await verdict()).toEqual({
      code: 1,
      why: "configuration-differs",
      reason: expect.stringContaining("imageConfig differs") as string,
    });
    await set(SEALED);
    expect(await verdict()).toMatchObject({ code: 0 });
  });
});

describe("an image that a program deploys", () => {
  const { project: newProject } = projects();
  let result: Result;

  const classic = ({ EntryPoint, Command, WorkingDirectory }: ImageConfig) => ({
    imageConfig: { entryPoints: EntryPoint, commands: Command, workingDirectory: WorkingDirectory },
  });
  const native = ({ EntryPoint, Command, WorkingDirectory }: ImageConfig) => ({
    imageConfig: { entryPoint: EntryPoint, command: Command, workingDirectory: WorkingDirectory },
  });

  beforeAll(async () => {
    const all = Object.entries({ same: SEALED, ...CHANGES });
    const own = { role, packageType: "Image" };
    const later = {
      ...own,
      imageUri: uri,
      imageConfig: { ...classic(SEALED).imageConfig, commands: ["LATER"] },
    };
    const lines = [
      ...all.map(
        ([name, config]) =>
          `fn("${name}", ${JSON.stringify({ ...own, imageUri: uri, ...classic(config) })});`,
      ),
      ...all.map(([name, config]) => {
        const props = { ...own, code: { imageUri: uri }, ...native(config) };
        return `nativeFn("native-${name}", ${JSON.stringify(props)});`;
      }),
      `const made = new (resource("aws:iam/role:Role", ["arn"]))("made", { assumeRolePolicy: "{}" });`,
      `fn("later", ${JSON.stringify(later).replace('"LATER"', "made.arn")});`,
      `fn("none", ${JSON.stringify({ ...own, imageUri: uri })});`,
    ];
    const project = await newProject(lines.join("\n"), {
      files: {
        "ci.pub": readFileSync(join(desk.folder, "ci.pub"), "utf8"),
        "fnseal/trust-policy.yaml": readFileSync(join(desk.folder, "fnseal/trust-policy.yaml"), "utf8"),
      },
    });
    const config = { trustPolicyFile: "fnseal/trust-policy.yaml", registryBundles: true };
    result = await project.preview({ policyPacks: [fnseal(config)], env: { DOCKER_CONFIG: desk.folder } });
  });

  test("with what was sealed passes", () => {
    expect(reportsAbout(result, "same")).toEqual([]);
    expect(reportsAbout(result, "native-same")).toEqual([]);
  });

  test.each([...Object.keys(CHANGES), ...Object.keys(CHANGES).map((name) => `native-${name}`), "none"])(
    "with another %s is rejected, and the field named",
    (name) => {
      expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [configuration-differs]`]);
      expect(messageAbout(result, name)).toContain("imageConfig differs");
    },
  );

  test("with what is not known yet is decided at up", () => {
    expect(reportsAbout(result, "later")).toEqual([
      "later lambda-code-signed [configuration-unknown] (notice)",
    ]);
  });
});
