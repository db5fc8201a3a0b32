import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { loadTrustPolicy } from "@fnseal/core";
import {
  ENVIRONMENT,
  inlineFiles,
  loadConfiguration,
  parseEnvironment,
  parseSettings,
} from "../../src/config/index.ts";
import { codeOf } from "../support/handlerFakes.ts";
import { environment, settings } from "../support/configuration.ts";

const pem = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();

describe("the environment of the Lambda", () => {
  it("says who the verifier is and what is its own", () => {
    const { own, roleArn, resources } = parseEnvironment(environment);
    expect(own).toEqual({ account: "123456789012", region: "eu-central-1", name: "fnseal" });
    expect(roleArn).toBe(environment["FNSEAL_ROLE_ARN"]);
    expect(resources).toMatchObject({ homeRegion: "eu-central-1", maxReceives: 8, table: "fnseal-state" });
  });

  it.each(ENVIRONMENT)("names %s where it is missing", (name) => {
    const rest = { ...environment, [name]: undefined };
    expect(codeOf(() => parseEnvironment(rest))).toBe("verifier-misconfigured");
    expect(() => parseEnvironment(rest)).toThrow(name);
  });

  it("names every wrong variable at once, and not what it says", () => {
    const wrong = { ...environment, FNSEAL_MAX_RECEIVES: "hunter2", FNSEAL_TOPIC_ARN: "hunter2" };
    const error = (() => {
      try {
        return parseEnvironment(wrong);
      } catch (thrown) {
        return thrown instanceof Error ? thrown.message : "";
      }
    })();
    expect(error).toMatch(/FNSEAL_TOPIC_ARN[^]*FNSEAL_MAX_RECEIVES/);
    expect(error).not.toContain("hunter2");
  });
});

describe("the settings", () => {
  it("are read", () => {
    expect(parseSettings(settings, "settings.json")).toEqual(settings);
  });

  it("name every wrong field", () => {
    const wrong = { ...settings, actions: ["stop"], breaker: { blocksPerHour: -1, hours: 2 }, colour: "red" };
    expect(() => parseSettings(wrong, "settings.json")).toThrow(
      /settings\.json is wrong:[^]*actions\.0[^]*breaker\.blocksPerHour[^]*breaker\.hours: unknown field[^]*colour: unknown field/,
    );
  });
});

describe("a trust policy for the Lambda", () => {
  const files: Readonly<Record<string, string>> = {
    "ci.pub": pem(),
    "old/team.pub": pem(),
    "revoked.pub": pem(),
  };
  const readText = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`no file ${path}`);
    return text;
  };
  const inPlace = pem();
  const document = {
    version: 1,
    authorities: {
      ci: { key: "ci.pub" },
      team: { key: ["old/team.pub", inPlace] },
      github: {
        keyless: {
          issuer: "https://token.actions.githubusercontent.com",
          subject: "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main",
        },
      },
    },
    rules: [{ signedBy: { any: ["ci", "team", "github"] } }],
    revocations: [
      { key: "revoked.pub", reason: "stolen" },
      { key: "0".repeat(64), reason: "stolen" },
      { digest: { sha256: "1".repeat(64) }, reason: "bad" },
    ],
  };

  it("has every key in place, and reads the same without any file", () => {
    const whole = inlineFiles(document, readText);
    expect(whole).toMatchObject({
      authorities: { ci: { key: files["ci.pub"] }, team: { key: [files["old/team.pub"], inPlace] } },
      revocations: [{ key: files["revoked.pub"] }, { key: "0".repeat(64) }, {}],
    });
    const none = (): string => {
      throw new Error("a file is read");
    };
    const policy = loadTrustPolicy(whole, { where: "policy", readText: none });
    expect([...policy.authorities.keys()]).toEqual(["ci", "team", "github"]);
  });

  it("has its trusted root in place", () => {
    const root = { mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" };
    const whole = inlineFiles({ ...document, trustedRoot: "root.json" }, () => JSON.stringify(root));
    expect(whole).toMatchObject({ trustedRoot: root });
  });

  it.each(["public-good", undefined])("keeps a trusted root that is %s", (trustedRoot) => {
    expect(inlineFiles({ ...document, trustedRoot }, readText)).toMatchObject({ trustedRoot });
  });

  it("is left as it is where it is no trust policy", () => {
    expect(inlineFiles("x", readText)).toBe("x");
    expect(inlineFiles({ authorities: [] }, readText)).toEqual({ authorities: [] });
  });

  it("passes on that a file is missing", () => {
    expect(() => inlineFiles({ authorities: { ci: { key: "gone.pub" } } }, readText)).toThrow(
      "no file gone.pub",
    );
  });
});

describe("the configuration beside the code", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fnseal-config-"));
    const policy = { version: 1, authorities: { ci: { key: pem() } }, rules: [{ signedBy: "ci" }] };
    writeFileSync(join(folder, "trust-policy.json"), JSON.stringify(policy));
    writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is read whole", () => {
    const configuration = loadConfiguration(folder, environment);
    expect(configuration.policyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(configuration.policy.rules).toHaveLength(1);
    expect(configuration.settings).toEqual(settings);
  });

  it.each([
    ["actions", { actions: ["block"] }, false],
    ["scope", { scope: { ...settings.scope, exclude: ["x"] } }, false],
    ["tags of the scope", { scope: { ...settings.scope, tags: { env: ["prod"] } } }, false],
    ["reasons to block", { blockAlso: ["expired"] }, false],
    ["size of downloads", { download: { ...settings.download, bytes: 1 } }, false],
    ["time for downloads", { download: { ...settings.download, milliseconds: 1 } }, true],
    ["budget", { sweep: { ...settings.sweep, othersPerSecond: 1 } }, true],
    ["breaker", { breaker: { blocksPerHour: 1 } }, true],
    ["regions", { regions: ["eu-west-1", "us-east-1"] }, true],
    ["documentation", { documentation: "https://example.com/other" }, true],
    ["order of actions", { actions: [...settings.actions].reverse() }, true],
  ])("with other %s is another policy where that decides what is done", (_, other, isSame) => {
    const before = loadConfiguration(folder, environment).policyHash;
    writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...settings, ...other }));
    expect(loadConfiguration(folder, environment).policyHash === before).toBe(isSame);
  });

  it("is the same policy in another layout, and another one with another rule", () => {
    const path = join(folder, "trust-policy.json");
    const before = loadConfiguration(folder, environment).policyHash;
    const policy = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const turned = Object.fromEntries(Object.entries(policy).reverse());
    writeFileSync(path, JSON.stringify(turned, undefined, 2));
    expect(loadConfiguration(folder, environment).policyHash).toBe(before);
    writeFileSync(path, JSON.stringify({ ...policy, rules: [{ functions: ["a*"], signedBy: "ci" }] }));
    expect(loadConfiguration(folder, environment).policyHash).not.toBe(before);
  });

  it.each([
    ["a missing file", "settings.json", undefined, "settings.json is not beside"],
    ["what is no JSON", "trust-policy.json", "version: 1", "trust-policy.json is not JSON"],
    [
      "a key that is a path",
      "trust-policy.json",
      JSON.stringify({ version: 1, authorities: { ci: { key: "ci.pub" } }, rules: [{ signedBy: "ci" }] }),
      "everything must be in place",
    ],
  ])("refuses %s", (_, name, text, message) => {
    if (text === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
    expect(() => loadConfiguration(folder, environment)).toThrow(message);
  });
});
