import { type Configuration, sealConfiguration } from "@fnseal/core";
import { CHANGES, CONFIGURATION, KEY, Kms, PASSWORD } from "../../../core/test/configuration/support.ts";
import { bundle, createKey, policyOf, sha256 } from "../../../core/test/support.ts";
import { AwsFailure } from "../../src/awsFailure.ts";
import { outcomeOf } from "../../src/inspect/index.ts";
import { configurationOf } from "../../src/inspect/configurationOf.ts";
import { createInspector } from "../../src/inspect/index.ts";
import { GOOD, World, zip } from "./support.ts";

const key = createKey();
const kms = new Kms();
const DOWNLOAD = { bytes: 1 << 20, milliseconds: 1000 };

let world: World;

beforeEach(() => {
  world = new World();
  kms.asked = [];
  kms.isDown = false;
  use(CONFIGURATION);
});

/** A function that runs with this, as its facts say it. */
function use(configuration: Configuration): void {
  const { vpc, imageConfig: image, layers, ...plain } = configuration;
  world.configuration = {
    Handler: plain.handler ?? undefined,
    Runtime: plain.runtime ?? undefined,
    Architectures: plain.architectures,
    Role: plain.role ?? undefined,
    Environment: plain.environment,
    FileSystemConfigs: plain.fileSystems?.map(({ arn, localMountPath }) => ({
      Arn: arn,
      LocalMountPath: localMountPath,
    })),
    SubnetIds: vpc?.subnetIds,
    SecurityGroupIds: vpc?.securityGroupIds,
    ImageConfig: image
      ? {
          EntryPoint: image.entryPoint,
          Command: image.command,
          WorkingDirectory: image.workingDirectory ?? undefined,
        }
      : undefined,
  };
  world.layersOf.set("$LATEST", arnsOf(layers));
}

const arnsOf = (layers: Configuration["layers"]): string[] => (layers ?? []).map((arn) => arn ?? "");

const policy = (more: object = {}, rule: object = {}) =>
  policyOf({
    authorities: { ci: { key: key.pem } },
    rules: [{ signedBy: "ci", ...rule }],
    sealKeys: [KEY],
    trustedLayers: [{ arn: "arn:aws:lambda:eu-central-1:123456789012:layer:shared:*" }],
    ...more,
  });

async function seal(
  configuration = CONFIGURATION,
  fields?: Parameters<typeof sealConfiguration>[1],
): Promise<void> {
  const sealed = await sealConfiguration(configuration, fields, kms);
  const about = { digests: { sha256: sha256(GOOD) }, functions: ["*"], configuration: sealed };
  world.bundles = [await bundle(key, about)];
}

async function look(trust = policy()) {
  const ports = { ...world.ports, verifyMac: kms.verifyMac };
  const inspection = await createInspector(ports, trust, { download: DOWNLOAD }).inspect(world.facts());
  return { inspection, outcome: outcomeOf(inspection) };
}

const codeOf = async (trust = policy()): Promise<string> => {
  const { outcome } = await look(trust);
  return outcome.code ?? outcome.status;
};

test("facts are read as they were sealed", () => {
  expect(configurationOf(world.facts())).toEqual(CONFIGURATION);
});

test("what AWS leaves out is what is not set", () => {
  expect(configurationOf({ ...world.facts(), configuration: {}, layers: [] })).toEqual({
    ...{ handler: null, runtime: null, architectures: ["x86_64"], layers: [], role: null, environment: {} },
    ...{ fileSystems: [], vpc: null, imageConfig: null },
  });
});

describe("sealed configuration", () => {
  test("holds, by one download and one question", async () => {
    await seal();
    expect(await codeOf()).toBe("verified");
    expect([world.downloads, kms.asked.length]).toEqual([1, 1]);
  });

  test.each(CHANGES)("%s changed: rejected, the field named", async (_name, change, said) => {
    await seal();
    use({ ...CONFIGURATION, ...change });
    const { outcome } = await look();
    expect(outcome).toMatchObject({ status: "rejected", code: "configuration-differs" });
    expect(outcome.reason).toContain(said);
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
  });

  test("a value changed: the variable is named, no value is told", async () => {
    await seal();
    use({ ...CONFIGURATION, environment: { PASSWORD: "another-one", TABLE: "orders" } });
    const { outcome } = await look();
    expect(outcome.reason).toContain("environment variable PASSWORD has another value");
    expect(JSON.stringify(outcome)).not.toMatch(new RegExp(`another-one|${PASSWORD}`));
  });

  test("what AWS cannot decrypt is undecided", async () => {
    await seal();
    world.configuration = { ...world.configuration, Environment: "unreadable" };
    expect(await codeOf()).toBe("configuration-unknown");
  });

  test("KMS that denies is undecided; KMS that is busy is asked again later", async () => {
    await seal();
    kms.isDown = true;
    expect(await codeOf()).toBe("seal-unchecked");
    const busy = new AwsFailure("throttled", "kms:VerifyMac", "kms:VerifyMac: throttled");
    const ports = { ...world.ports, verifyMac: () => Promise.reject(busy) };
    const inspecting = createInspector(ports, policy(), { download: DOWNLOAD }).inspect(world.facts());
    await expect(inspecting).rejects.toBe(busy);
  });

  test("each version is judged with its own configuration, and its code read once", async () => {
    await seal();
    const [good, bad] = [
      world.configuration,
      { ...world.configuration, Role: "arn:aws:iam::123456789012:role/admin" },
    ];
    for (const version of ["1", "2"]) {
      world.code.set(version, GOOD);
      world.layersOf.set(version, arnsOf(CONFIGURATION.layers));
    }
    world.aliases = [{ name: "live", versions: ["2"] }];
    const version = world.version.bind(world);
    world.version = (name) => ({ ...version(name), configuration: name === "2" ? bad : good });
    const { inspection, outcome } = await look();
    expect(
      inspection.judgements.map(({ versions, isReachable, verdict }) => [
        versions,
        isReachable,
        verdict.status,
      ]),
    ).toEqual([
      [["$LATEST", "1"], true, "verified"],
      [["2"], true, "rejected"],
    ]);
    expect(outcome).toMatchObject({ status: "rejected", code: "configuration-differs" });
    expect(world.downloads).toBe(1);
  });

  test("a rule may ask for it", async () => {
    world.bundles = [await bundle(key, { digests: { sha256: sha256(GOOD) }, functions: ["*"] })];
    expect(await codeOf(policy({}, { requireSeal: true }))).toBe("configuration-not-sealed");
    await seal(CONFIGURATION, ["handler"]);
    expect(await codeOf(policy({}, { requireSeal: ["handler"] }))).toBe("verified");
    expect(await codeOf(policy({}, { requireSeal: ["handler", "role"] }))).toBe("configuration-not-sealed");
  });
});

describe("layers that are sealed by what they hold", () => {
  const [first = "", second = ""] = arnsOf(CONFIGURATION.layers);
  const holding = zip("what the layer holds");

  beforeEach(async () => {
    const contents = [{ sha256: sha256(holding) }, undefined];
    const configuration = await sealConfiguration(CONFIGURATION, ["layers"], undefined, contents);
    const about = { digests: { sha256: sha256(GOOD) }, functions: ["*"], configuration };
    world.bundles = [await bundle(key, about)];
  });

  test("are read, each once, though a pattern trusts them", async () => {
    world.layers.set(first, holding);
    world.code.set("1", GOOD);
    world.layersOf.set("1", [first, second]);
    world.aliases = [{ name: "live", versions: ["1"] }];
    expect(await codeOf()).toBe("verified");
    expect(world.calls.filter((call) => call.startsWith("layer"))).toEqual([`layer ${first}`]);
  });

  test("reject what holds something else, and name it", async () => {
    world.layers.set(first, zip("something else"));
    const { outcome } = await look();
    expect(outcome).toMatchObject({ status: "rejected", code: "configuration-differs" });
    expect(outcome.reason).toContain("layers[0] holds something else");
  });

  test("that cannot be read are undecided, and named", async () => {
    const { outcome } = await look();
    expect(outcome).toMatchObject({ status: "undecided", code: "layer-content-unknown" });
    expect(outcome.reason).toContain("layers[0]: lambda:GetLayerVersion: denied");
  });

  test("that come otherwise than AWS says are undecided", async () => {
    world.layers.set(first, holding);
    world.served = (bytes) => (bytes.equals(holding) ? zip("another") : bytes);
    expect(await codeOf()).toBe("layer-content-unknown");
  });

  test("are asked for again later where AWS is busy", async () => {
    world.layers.set(first, holding);
    const busy = new AwsFailure("throttled", "lambda:GetLayerVersion", "throttled");
    world.before = (call) => {
      if (call === `layer ${first}`) throw busy;
    };
    await expect(look()).rejects.toBe(busy);
  });
});

describe("variables that change what code runs", () => {
  const environment = { ...CONFIGURATION.environment, NODE_OPTIONS: "--require /tmp/s3cret" };

  beforeEach(async () => {
    world.bundles = [await bundle(key, { digests: { sha256: sha256(GOOD) }, functions: ["*"] })];
    use({ ...CONFIGURATION, environment });
  });

  test("reject code that is signed, by the rules about it", async () => {
    const { outcome } = await look();
    expect(outcome).toMatchObject({ status: "rejected", code: "code-injection" });
    expect(outcome.reason).toContain("NODE_OPTIONS");
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
    expect(outcome.judgement?.verdict).toMatchObject({
      unmet: [{ name: "rules[0]" }],
      digests: { sha256: sha256(GOOD) },
    });
  });

  test("pass where their value is allowed, sealed, or an exception says so", async () => {
    const allowedEnvironment = [
      { variable: "NODE_OPTIONS", values: ["--require /tmp/s3cret"], reason: "ours" },
    ];
    expect(await codeOf(policy({ allowedEnvironment }))).toBe("verified");
    const exceptions = [{ functions: ["orders"], reason: "moves soon", until: "2099-01-01" }];
    expect((await look(policy({ exceptions }))).outcome.status).toBe("exempt");
    await seal({ ...CONFIGURATION, environment });
    expect(await codeOf()).toBe("verified");
  });

  test("names alone that were sealed do not bind the value", async () => {
    const sealed = await sealConfiguration({ ...CONFIGURATION, environment });
    const about = { digests: { sha256: sha256(GOOD) }, functions: ["*"], configuration: sealed };
    world.bundles = [await bundle(key, about)];
    expect(await codeOf()).toBe("code-injection");
  });
});
