import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_FIELDS, loadConfig, parseConfig } from "../src/config.ts";

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const publicPem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const privatePem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const policyWith = (key: string) => ({
  version: 1,
  authorities: { ci: { key } },
  rules: [{ signedBy: "ci" }],
});
const good = policyWith(publicPem);

let base: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "fnseal-config-"));
  for (const name of ["one/fnseal", "two/fnseal", "three"]) mkdirSync(join(base, name), { recursive: true });
  writeFileSync(join(base, "one/fnseal/policy.json"), JSON.stringify(policyWith("ci.pub")));
  writeFileSync(join(base, "one/fnseal/ci.pub"), publicPem);
  writeFileSync(join(base, "two/fnseal/policy.json"), "{}");
  writeFileSync(join(base, "one/readme.txt"), "no key");
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

const failure = (action: () => unknown): { code: string; message: string } => {
  try {
    action();
  } catch (thrown) {
    return thrown as { code: string; message: string };
  }
  throw new Error("it passed");
};

describe("the fields of fnseal-config", () => {
  test.each<[what: string, config: object, says: string]>([
    [
      "an unknown field",
      { trustPolicy: good, bundelFolders: [] },
      "bundelFolders: unknown field (did you mean bundleFolders?)",
    ],
    ["neither trust policy", {}, "trustPolicyFile: is missing: give trustPolicy or trustPolicyFile"],
    ["both trust policies", { trustPolicy: good, trustPolicyFile: "x" }, "trustPolicyFile: give either"],
    ["a number for a file", { trustPolicyFile: 1 }, "trustPolicyFile: "],
    ["an empty path", { trustPolicyFile: "" }, "trustPolicyFile: "],
    ["a text for a list", { trustPolicy: good, bundleFolders: "x" }, "bundleFolders: "],
    ["a number in a list", { trustPolicy: good, bundleFolders: [1] }, "bundleFolders[0]: "],
    ["a text for a switch", { trustPolicy: good, trustEngineHash: "true" }, "trustEngineHash: "],
    ["an unknown choice", { trustPolicy: good, onUnknown: "pass" }, "onUnknown: "],
  ])("%s is an error that names it", (_, config, says) => {
    const { code, message } = failure(() => parseConfig(config as Record<string, unknown>));
    expect(code).toBe("config-invalid");
    expect(message).toContain(says);
  });

  test("every wrong field is named at once", () => {
    const { message } = failure(() => parseConfig({ trustPolicyFile: 1, bundlesBeside: "no", more: 1 }));
    for (const field of ["trustPolicyFile", "bundlesBeside", "more"]) expect(message).toContain(`${field}: `);
  });

  test("have safe defaults", () => {
    const config = loadConfig(parseConfig({ trustPolicy: good }), []);
    expect(config).toMatchObject({
      bundlesBeside: true,
      onUnknown: "notify",
      trustEngineHash: false,
      bundleFolders: [],
    });
    expect(config.policy.noRuleMatches).toBe("reject");
  });

  test("are known to the engine's own schema by name", () => {
    expect(CONFIG_FIELDS).toContain("trustPolicyFile");
  });
});

describe("the trust policy", () => {
  const load = (config: Record<string, unknown>, ...folders: string[]) =>
    loadConfig(
      parseConfig(config),
      folders.map((folder) => join(base, folder)),
    );

  test("may be an object, YAML text or JSON text, with keys in place: no file is read", () => {
    for (const trustPolicy of [good, JSON.stringify(good)]) {
      expect([...load({ trustPolicy }).policy.authorities.keys()]).toEqual(["ci"]);
    }
  });

  test("in a file names keys relative to itself", () => {
    expect(load({ trustPolicyFile: "fnseal/policy.json" }, "one").policy.rules).toHaveLength(1);
  });

  test.each<[what: string, config: Record<string, unknown>, code: string, says: string]>([
    [
      "a file that is not there",
      { trustPolicyFile: "no.yaml" },
      "trust-policy-unreadable",
      "no.yaml cannot be read",
    ],
    [
      "a key file that is not there",
      { trustPolicy: policyWith("no.pub") },
      "trust-policy-invalid",
      "authorities.ci.key: the file no.pub cannot be read",
    ],
    [
      "a file that is no key",
      { trustPolicy: policyWith("readme.txt") },
      "trust-policy-invalid",
      "authorities.ci.key: the file readme.txt is not a PEM public key",
    ],
    [
      "a private key",
      { trustPolicy: policyWith(privatePem) },
      "trust-policy-invalid",
      "authorities.ci.key: the value holds a private key",
    ],
    [
      "a misspelt field",
      { trustPolicy: { ...good, rules: [{ signedby: "ci" }] } },
      "trust-policy-invalid",
      "rules[0].signedby: unknown field (did you mean signedBy?)",
    ],
    [
      "an authority that is none",
      { trustPolicy: { ...good, rules: [{ signedBy: "cl" }] } },
      "trust-policy-invalid",
      '"cl" is none of the authorities (ci)',
    ],
  ])("%s is an error that names the field", (_, config, code, says) => {
    const error = failure(() => load(config, "one"));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("PRIVATE KEY-----");
  });

  test("that two folders hold differently is an error, not a choice", () => {
    const error = failure(() => load({ trustPolicyFile: "fnseal/policy.json" }, "one", "two"));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain("set programFolder");
    expect(load({ trustPolicyFile: "fnseal/policy.json" }, "three", "one").policy.rules).toHaveLength(1);
  });

  test("by a relative path is an error where the program's folder is not known", () => {
    const error = failure(() => load({ trustPolicyFile: "fnseal/policy.json" }));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain("set programFolder");
  });
});
