import {
  checkSeal,
  type Configuration,
  CONFIGURATION_FIELDS,
  sealConfiguration,
  type SealContext,
  type SealedConfiguration,
  sealedConfigurationSchema,
} from "../../src/configuration/index.ts";
import type { DigestSet } from "../../src/digest/types.ts";
import { FnsealError } from "../../src/errors.ts";
import { CHANGES, CONFIGURATION, KEY, Kms, layer, PASSWORD } from "./support.ts";

const check = (
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

describe("names and settings", () => {
  test("hold where nothing changed, whatever the order of what has none", async () => {
    const sealed = await sealConfiguration(CONFIGURATION);
    expect(await check(sealed)).toBeUndefined();
    const vpc = { subnetIds: ["subnet-2", "subnet-1"], securityGroupIds: ["sg-1"] };
    expect(await check(sealed, { vpc, environment: { TABLE: "other", PASSWORD: "other" } })).toBeUndefined();
  });

  test.each(CHANGES)("%s changed is named", async (_name, change, said) => {
    const problem = await check(await sealConfiguration(CONFIGURATION), change);
    expect(problem).toEqual({
      code: "configuration-differs",
      message: `the configuration is not the one that was sealed: ${said}`,
    });
  });

  test.each(CONFIGURATION_FIELDS)("%s that is not known is undecided, and named", async (field) => {
    const problem = await check(await sealConfiguration(CONFIGURATION), { [field]: undefined });
    expect(problem).toEqual({ code: "configuration-unknown", message: `not known, though sealed: ${field}` });
  });

  test("what differs is told before what is not known", async () => {
    const problem = await check(await sealConfiguration(CONFIGURATION), { role: undefined, handler: "x" });
    expect(problem?.code).toBe("configuration-differs");
  });

  test.each(CONFIGURATION_FIELDS)("%s alone is bound where nothing else is asked for", async (field) => {
    const sealed = await sealConfiguration(CONFIGURATION, [field]);
    expect(Object.keys(sealed)).toEqual([field]);
    const none: Configuration = {
      ...{ handler: null, runtime: null, architectures: [], layers: [], role: null, environment: {} },
      ...{ fileSystems: [], vpc: null, imageConfig: null },
    };
    expect((await check(sealed, { ...none, [field]: CONFIGURATION[field] }))?.code).toBeUndefined();
    expect((await check(sealed, none))?.code).toBe("configuration-differs");
  });

  test("nothing known at all is undecided", async () => {
    const problem = await check(await sealConfiguration(CONFIGURATION), {}, { configuration: undefined });
    expect(problem?.code).toBe("configuration-unknown");
  });

  test("values are not in it, in no form", async () => {
    const text = JSON.stringify(await sealConfiguration(CONFIGURATION));
    expect(text).not.toContain(PASSWORD);
    expect(JSON.parse(text)).toMatchObject({ environment: { names: ["PASSWORD", "TABLE"] } });
    expect(JSON.parse(text)).not.toHaveProperty("environment.values");
  });
});

describe("values", () => {
  const kms = new Kms();
  const { verifyMac } = kms;
  let sealed: SealedConfiguration;
  beforeAll(async () => {
    sealed = await sealConfiguration(CONFIGURATION, undefined, kms);
  });
  beforeEach(() => {
    kms.asked = [];
    kms.isDown = false;
  });

  test("hold by one question", async () => {
    expect(await check(sealed, {}, { verifyMac })).toBeUndefined();
    expect(kms.asked).toEqual(["fnseal sealed configuration, version 1: environment"]);
    expect(JSON.stringify(sealed)).not.toContain(PASSWORD);
  });

  test.each([
    ["one", { PASSWORD: "guess", TABLE: "orders" }, "environment variable PASSWORD has another value"],
    ["an empty one", { PASSWORD, TABLE: "" }, "environment variable TABLE has another value"],
    [
      "two that were exchanged",
      { PASSWORD: "orders", TABLE: PASSWORD },
      "environment variable PASSWORD has another value, environment variable TABLE has another value",
    ],
  ])("%s changed: the variable is named, its value never", async (_what, environment, said) => {
    const problem = await check(sealed, { environment }, { verifyMac });
    expect(problem).toEqual({
      code: "configuration-differs",
      message: `the configuration is not the one that was sealed: ${said}`,
    });
    expect(JSON.stringify(problem)).not.toContain(PASSWORD);
    expect(JSON.stringify(problem)).not.toContain("guess");
  });

  test("KMS is not asked where a setting differs already", async () => {
    expect((await check(sealed, { role: null }, { verifyMac }))?.code).toBe("configuration-differs");
    expect(kms.asked).toEqual([]);
  });

  test("a key that the trust policy does not name is not asked", async () => {
    expect((await check(sealed, {}, { verifyMac, keys: [] }))?.code).toBe("seal-key-not-trusted");
    expect(kms.asked).toEqual([]);
  });

  test("without an answer it is undecided", async () => {
    kms.isDown = true;
    const problem = await check(sealed, {}, { verifyMac });
    expect(problem).toEqual({ code: "seal-unchecked", message: `kms:VerifyMac of ${KEY} is denied` });
    expect((await check(sealed))?.code).toBe("seal-unchecked");
  });

  test("what is to be tried again is no verdict", async () => {
    const busy = (): Promise<boolean> => Promise.reject(new Error("busy"));
    await expect(check(sealed, {}, { verifyMac: busy })).rejects.toThrow("busy");
  });

  test("a value that is not known is undecided, unless another differs", async () => {
    const open = { PASSWORD: undefined, TABLE: "orders" };
    expect(await check(sealed, { environment: open }, { verifyMac })).toEqual({
      code: "configuration-unknown",
      message: "not known, though sealed: environment variable PASSWORD",
    });
    const changed = { PASSWORD: undefined, TABLE: "payments" };
    expect((await check(sealed, { environment: changed }, { verifyMac }))?.code).toBe(
      "configuration-differs",
    );
  });

  test("MACs of another statement do not fit, though key, names and values are the same", async () => {
    const other = await sealConfiguration(CONFIGURATION, undefined, kms);
    const values = sealed.environment?.values;
    if (!values) throw new Error("no values");
    expect(other.environment?.values?.mac).not.toBe(values.mac);
    const environment = {
      names: ["PASSWORD", "TABLE"],
      values: { ...values, salt: other.environment?.values?.salt ?? "" },
    };
    expect((await check({ ...sealed, environment }, {}, { verifyMac }))?.code).toBe("configuration-differs");
  });

  test("a variable's MAC is not that of another variable with its value", async () => {
    const values = sealed.environment?.values;
    if (!values) throw new Error("no values");
    const each = { PASSWORD: values.each["TABLE"] ?? "", TABLE: values.each["PASSWORD"] ?? "" };
    const swapped = { names: ["PASSWORD", "TABLE"], values: { ...values, each } };
    const environment = { PASSWORD: "orders", TABLE: PASSWORD };
    const problem = await check({ ...sealed, environment: swapped }, { environment }, { verifyMac });
    expect(problem?.code).toBe("configuration-differs");
  });

  test("many variables are sealed and told apart", async () => {
    const environment = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`V${n}`, String(n)]));
    const many = await sealConfiguration({ ...CONFIGURATION, environment }, ["environment"], kms);
    expect(await check(many, { environment }, { verifyMac })).toBeUndefined();
    const problem = await check(many, { environment: { ...environment, V77: "x" } }, { verifyMac });
    expect(problem?.message).toMatch(/: environment variable V77 has another value$/);
  });
});

test("what is not known cannot be sealed", async () => {
  const open = { ...CONFIGURATION, role: undefined, environment: { A: undefined } };
  await expect(sealConfiguration(open, ["role"])).rejects.toMatchObject({ code: "configuration-unknown" });
  await expect(sealConfiguration(open, ["environment"], new Kms())).rejects.toMatchObject({
    code: "configuration-unknown",
  });
  expect(await sealConfiguration({ ...open, layers: [layer(1)] }, ["environment", "layers"])).toEqual({
    environment: { names: ["A"] },
    layers: [layer(1)],
  });
});

describe("layers by what they hold", () => {
  const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
  const CONTENTS = [{ sha256: a, dirHash: b, pulumiArchive: c }, undefined];
  const sealed = (change: Partial<Configuration> = {}) =>
    sealConfiguration({ ...CONFIGURATION, ...change }, ["layers"], undefined, CONTENTS);
  const reading = (...contents: readonly DigestSet[]) => ({ readLayer: () => Promise.resolve(contents) });

  test("are bound with their ARN, the others by ARN alone", async () => {
    expect(await sealed()).toEqual({
      layers: [{ arn: layer(1), digest: { sha256: a, dirHash: b } }, layer(2)],
    });
    expect(await sealed({ layers: [undefined, layer(2)] })).toEqual({
      layers: [{ digest: { sha256: a, dirHash: b } }, layer(2)],
    });
  });

  test("that have neither ARN nor content cannot be sealed", async () => {
    await expect(sealed({ layers: [layer(1), undefined] })).rejects.toMatchObject({
      code: "configuration-unknown",
      message: "layers[1] is not known, so it cannot be sealed",
    });
  });

  test.each([
    ["the zip", [{ sha256: a, dirHash: c }], undefined],
    ["the files in another zip", [{ sha256: c, dirHash: b }], undefined],
    ["the files, of a folder", [{ dirHash: b, pulumiArchive: a }], undefined],
    ["something else", [{ sha256: c, dirHash: c }], "configuration-differs"],
    ["values under another key", [{ sha256: b, dirHash: a }], "configuration-differs"],
    ["nothing that can be compared", [{ pulumiArchive: c }], "layer-content-unknown"],
    ["nothing at all", [], "layer-content-unknown"],
    ["one of two that are the same", [{ dirHash: b }, { sha256: a }], undefined],
    ["one of two, of which one is another", [{ dirHash: b }, { dirHash: c }], "configuration-unknown"],
    ["one of two, both others", [{ dirHash: a }, { dirHash: c }], "configuration-differs"],
    ["one of two, one not comparable", [{ dirHash: b }, {}], "layer-content-unknown"],
  ])("a layer that holds %s", async (_what, contents, code) => {
    const problem = await check(await sealed(), {}, reading(...contents));
    expect(problem?.code).toBe(code);
    if (code === "configuration-differs")
      expect(problem?.message).toContain("layers[0] holds something else");
  });

  test("the ARN counts as well where it is bound, and order always", async () => {
    const same = reading({ sha256: a });
    const other = { layers: [layer(3), layer(2)] };
    expect((await check(await sealed(), other, same))?.code).toBe("configuration-differs");
    expect(await check(await sealed({ layers: [undefined, layer(2)] }), other, same)).toBeUndefined();
    const turned = { layers: [layer(2), layer(1)] };
    expect((await check(await sealed(), turned, same))?.code).toBe("configuration-differs");
    const more = { layers: [layer(1), layer(2), layer(3)] };
    expect((await check(await sealed(), more, same))?.code).toBe("configuration-differs");
  });

  test("that cannot be read are undecided; what is known later is left open; a fault is thrown on", async () => {
    const failing = (thrown: Error) => ({ readLayer: () => Promise.reject(thrown) });
    const denied = failing(new FnsealError("layer-unreadable", "lambda:GetLayerVersion: denied"));
    expect(await check(await sealed(), {}, denied)).toEqual({
      code: "layer-content-unknown",
      message: "layers[0]: lambda:GetLayerVersion: denied",
    });
    expect((await check(await sealed()))?.code).toBe("layer-content-unknown");
    const later = failing(new FnsealError("configuration-unknown", "not known yet"));
    expect((await check(await sealed(), {}, later))?.code).toBe("configuration-unknown");
    const fault = new Error("throttled");
    await expect(check(await sealed(), {}, failing(fault))).rejects.toBe(fault);
  });

  test("are read only where everything else is equal", async () => {
    const readLayer = jest.fn(() => Promise.resolve([{ sha256: a }]));
    const both = await sealConfiguration(CONFIGURATION, ["handler", "layers"], undefined, CONTENTS);
    expect(await check(both, { handler: "other" }, { readLayer })).toMatchObject({
      code: "configuration-differs",
    });
    expect(readLayer).not.toHaveBeenCalled();
    expect(await check(both, {}, { readLayer })).toBeUndefined();
    expect(readLayer.mock.calls).toEqual([[0]]);
  });

  test.each([
    ["no digest", { digest: {} }],
    ["a digest of another kind", { digest: { pulumiArchive: a } }],
    ["a digest that is none", { digest: { sha256: a.toUpperCase() } }],
    ["more than is known", { digest: { sha256: a }, name: "x" }],
  ])("with %s are no seal", (_what, entry) => {
    expect(sealedConfigurationSchema().safeParse({ layers: [entry] }).success).toBe(false);
  });
});
