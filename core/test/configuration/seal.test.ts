import {
  type Configuration,
  CONFIGURATION_FIELDS,
  sealConfiguration,
  type SealedConfiguration,
} from "../../src/configuration/index.ts";
import { CHANGES, check, CONFIGURATION, KEY, Kms, layer, PASSWORD } from "./support.ts";

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
