import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type {
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import {
  type AnalyzerProtoModule,
  type DeserializeModule,
  type PackConfig,
  rawProperties,
  wrapConfigure,
  wrapDeserializer,
} from "../src/engine/wire.ts";

/**
 * These tests use the SDK that is installed. Where they fail the SDK has changed in what policypack/src/engine/wire.ts
 * relies on: adapt that file, and nothing else should need it.
 */
const require = createRequire(__filename);
const deserialize = require("@pulumi/policy/deserialize") as DeserializeModule;
const proxy = require("@pulumi/policy/proxy") as { unknownCheckingProxy: (props: object) => object };
const analyzer = require("@pulumi/pulumi/proto/analyzer_pb") as AnalyzerProtoModule & {
  ConfigureAnalyzerRequest: new () => ConfigureAnalyzerRequest;
  PolicyConfig: new () => PolicyConfig;
  EnforcementLevel: { DISABLED: EnforcementLevel.DISABLED };
};

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

const text = (value?: string) => ({
  [SIGNATURE]: ASSET,
  hash: "h",
  ...(value !== undefined && { text: value }),
});
const code = (assets: object) => ({ code: { [SIGNATURE]: ARCHIVE, hash: "h", assets } });

type Json = Parameters<typeof struct.Struct.fromJavaScript>[0];
const analyse = (raw: object) =>
  deserialize.deserializeProperties(struct.Struct.fromJavaScript(raw as Json), false);
/** As the SDK does when the engine asks for remediations, just before it asks to analyse. */
const remediate = (raw: object) =>
  deserialize.deserializeProperties(struct.Struct.fromJavaScript(raw as Json), true);

beforeAll(() => wrapDeserializer(deserialize));

describe("the SDK's deserialiser", () => {
  test("is called through its module by the SDK's server, so that wrapping it is seen", () => {
    const server = readFileSync(require.resolve("@pulumi/policy/server"), "utf8");
    expect(server).toContain('const deserialize_1 = require("./deserialize")');
    expect(server).toContain("deserialize_1.deserializeProperties(req.getProperties(), false)");
    expect(server).toContain("deserialize_1.deserializeProperties(req.getProperties(), true)");
  });

  test("is wrapped once, however often it is asked for", () => {
    const wrapped = deserialize.deserializeProperties;
    wrapDeserializer(deserialize);
    expect(deserialize.deserializeProperties).toBe(wrapped);
  });

  test("keeps the hash that the SDK drops, also behind the SDK's proxy", () => {
    const raw = code({ "index.js": text("1") });
    remediate(raw);
    const props = analyse(raw);
    expect(rawProperties(props)).toEqual(raw);
    expect(rawProperties(proxy.unknownCheckingProxy(props))).toEqual(raw);
  });

  test("knows nothing of properties that did not pass through it", () => {
    expect(rawProperties({ code: 1 })).toBeUndefined();
  });

  test("reads an empty text, which the SDK takes for invalid", () => {
    const raw = code({ "index.js": text() });
    expect(rawProperties(analyse(raw))).toEqual(raw);
  });

  test("keeps a property named __proto__ a property", () => {
    const raw = JSON.parse(`{"tags":{"__proto__":"x"},"code":${JSON.stringify(text())}}`) as object;
    const own = (rawProperties(analyse(raw)) as { tags: object }).tags;
    expect(Object.getPrototypeOf(own)).toBe(Object.prototype);
  });
});

describe("what the engine hides from analysis", () => {
  test("is found again in what came with the question for remediations", () => {
    const whole = { name: "a", __defaults: [], ...code({ "index.js": text("1"), "__index.js": text("2") }) };
    remediate(whole);
    expect(rawProperties(analyse({ name: "a", ...code({ "index.js": text("1") }) }))).toEqual(whole);
  });

  test("is not made up from another resource", () => {
    remediate({ name: "b", ...code({ "__index.js": text("2") }) });
    const analysed = { name: "c", ...code({}) };
    expect(rawProperties(analyse(analysed))).toEqual(analysed);
  });

  test("is unknown where two resources differ in it only", () => {
    remediate({ name: "d", ...code({ "__index.js": text("1") }) });
    remediate({ name: "d", ...code({ "__index.js": text("2") }) });
    const analysed = { name: "d", ...code({}) };
    expect(rawProperties(analyse(analysed))).toEqual(analysed);
  });
});

describe("the pack's configuration", () => {
  test("is seen whole, with names that no policy has", () => {
    const seen: PackConfig[] = [];
    wrapConfigure(analyzer, (config) => seen.push(config));
    wrapConfigure(analyzer, () => {
      throw new Error("wrapped twice");
    });
    const request = new analyzer.ConfigureAnalyzerRequest();
    const policy = new analyzer.PolicyConfig();
    policy.setEnforcementlevel(analyzer.EnforcementLevel.DISABLED);
    policy.setProperties(struct.Struct.fromJavaScript({ trustPolicyFile: "x" }));
    request.getPolicyconfigMap().set("misspelt", policy);
    request.getPolicyconfigMap();
    expect(seen.at(-1)).toEqual(
      new Map([["misspelt", { isDisabled: true, properties: { trustPolicyFile: "x" } }]]),
    );
  });
});
