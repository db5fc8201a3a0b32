import { randomBytes } from "node:crypto";
import type { Configuration } from "@fnseal/core";
import { toPlanned } from "../../policypack/src/collector/plannedConfiguration.ts";
import { type Collected, parseCollected } from "../../cli/src/stack/collected.ts";
import { stackLayers } from "../../cli/src/stack/layers.ts";

const SECRET = "hunter2-and-more";
const CONFIGURATION: Configuration = {
  handler: "index.handler",
  runtime: null,
  architectures: ["arm64"],
  layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:base:1", undefined],
  role: undefined,
  environment: { PASSWORD: SECRET, LATER: undefined },
  fileSystems: [],
  vpc: { subnetIds: ["subnet-1"], securityGroupIds: [] },
  imageConfig: null,
};

function handedOver(key: Buffer | undefined, readWith = key): Configuration | undefined {
  const configuration = toPlanned(CONFIGURATION, key?.toString("hex"));
  const target = { kind: "function", name: "orders" };
  const line = JSON.stringify({
    urn: "urn",
    target,
    source: "code",
    code: { kind: "unknown" },
    configuration,
  });
  expect(line).not.toContain(SECRET);
  return parseCollected(line, readWith)[0]?.configuration;
}

describe("what a preview plans, from the collector to the command line", () => {
  test("is the same, what is not known stays so, and no value is in plain between them", () => {
    expect(handedOver(randomBytes(32))).toEqual(CONFIGURATION);
  });

  test("has names alone where no values are asked for", () => {
    const environment = { PASSWORD: undefined, LATER: undefined };
    expect(handedOver(undefined)).toEqual({ ...CONFIGURATION, environment });
  });

  test("is refused under another key", () => {
    expect(() => handedOver(randomBytes(32), randomBytes(32))).toThrow(/authenticate/);
  });
});

describe("layers of a stack", () => {
  const layer = (name: string, dirHash: string): Collected => ({
    ...{ urn: name, target: { kind: "layer", name }, source: "code" },
    code: {
      kind: "read",
      paths: [],
      artifact: { shape: "directory", digests: { dirHash }, refusals: [], files: 1, bytes: 1 },
    },
  });
  const user = (...layers: readonly (string | undefined)[]): Collected => ({
    ...{ urn: "orders", target: { kind: "function", name: "orders" }, source: "code" },
    code: { kind: "unknown" },
    configuration: { ...CONFIGURATION, layers },
  });
  const arn = (name: string, version = "1"): string =>
    `arn:aws:lambda:eu-west-1:123456789012:layer:${name}:${version}`;
  const base = layer("base", "aa");
  const extra = layer("extra", "bb");

  test.each([
    ["its own, by name", user(arn("base")), [base, extra], [undefined], [{ dirHash: "aa" }]],
    [
      "the only one there is, before its ARN is known",
      user(undefined),
      [base],
      [undefined],
      [{ dirHash: "aa" }],
    ],
    ["one of two, before its ARN is known", user(undefined), [base, extra], [undefined], [undefined]],
    ["one of two of a name", user(arn("base")), [base, layer("base", "cc")], [undefined], [undefined]],
    ["another's", user(arn("vendor")), [base], [arn("vendor")], [undefined]],
    [
      "what is no ARN of a layer",
      user(`${arn("base")}:2`, "base"),
      [base],
      [`${arn("base")}:2`, "base"],
      [undefined, undefined],
    ],
  ])("%s", (_what, resource, published, arns, contents) => {
    expect(stackLayers(resource, [...published, resource])).toMatchObject({ arns, contents });
  });
});
