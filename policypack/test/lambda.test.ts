import { codeSource, describeSource, subjectOf } from "../src/resources/lambda.ts";

const FUNCTION = "aws:lambda/function:Function";
const LAYER = "aws:lambda/layerVersion:LayerVersion";
const NATIVE = "aws-native:lambda:Function";
const NATIVE_LAYER = "aws-native:lambda:LayerVersion";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const code = {
  "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
  path: "./code",
  hash: "h",
};
const s3 = { s3Bucket: "b", s3Key: "k", s3ObjectVersion: "v" };

describe("where a resource's code comes from", () => {
  test.each<[type: string, raw: Record<string, unknown>, kind: string, described: string]>([
    [FUNCTION, { code }, "archive", "code"],
    [FUNCTION, { code: UNKNOWN }, "unknown", "code"],
    [FUNCTION, s3, "s3", "s3://b/k"],
    [FUNCTION, { s3Key: "k" }, "s3", "s3://?/k"],
    [FUNCTION, { imageUri: "r/app:1" }, "image", "r/app:1"],
    [FUNCTION, { imageUri: UNKNOWN }, "unknown", "imageUri"],
    [FUNCTION, { sourceCodeHash: "x" }, "absent", "code"],
    [FUNCTION, { code: "./code" }, "absent", "code"],
    [FUNCTION, { code, ...s3 }, "several", "code and s3://b/k"],
    [FUNCTION, { code: UNKNOWN, imageUri: "r/app:1" }, "several", "code and r/app:1"],
    [FUNCTION, { code: { ...code, assets: { a: code } } }, "several", "path and assets"],
    [LAYER, { code }, "archive", "code"],
    [LAYER, s3, "s3", "s3://b/k"],
    [NATIVE, { code: { zipFile: "1" }, runtime: "nodejs24.x" }, "inline", "code.zipFile"],
    [NATIVE, { code: { zipFile: UNKNOWN } }, "unknown", "code.zipFile"],
    [NATIVE, { code: UNKNOWN }, "unknown", "code"],
    [NATIVE, { code: s3 }, "s3", "s3://b/k"],
    [NATIVE, { code: { imageUri: "r/app:1" } }, "image", "r/app:1"],
    [NATIVE, { code: { zipFile: "1", ...s3 } }, "several", "code.zipFile and s3://b/k"],
    [NATIVE, {}, "absent", "code"],
    [NATIVE_LAYER, { content: s3 }, "s3", "s3://b/k"],
    [NATIVE_LAYER, { code: s3 }, "absent", "code"],
  ])("%s %j: %s", (type, raw, kind, described) => {
    const source = codeSource(type, raw);
    expect(source.kind).toBe(kind);
    expect(describeSource(source)).toBe(described);
  });
});

describe("what a resource is called", () => {
  test.each([
    ["orders", "orders"],
    ["arn:aws:lambda:eu-west-1:123456789012:function:orders", "orders"],
    ["arn:aws:lambda:eu-west-1:123456789012:function:orders:live", "orders"],
    ["123456789012:function:orders", "orders"],
  ])("%s is the function %s", (name, expected) => {
    expect(subjectOf(FUNCTION, { name }, {}).target).toMatchObject({ kind: "function", name: expected });
    expect(subjectOf(NATIVE, { functionName: name }, {}).target.name).toBe(expected);
  });

  test("a layer goes by its layerName, in either provider", () => {
    for (const type of [LAYER, NATIVE_LAYER]) {
      expect(subjectOf(type, { layerName: "shared", name: "x" }, {}).target).toMatchObject({
        kind: "layer",
        name: "shared",
      });
    }
  });

  test("a name or region that is not known yet is not the same as none", () => {
    expect(subjectOf(FUNCTION, { name: UNKNOWN, region: UNKNOWN }, {}).unknown).toEqual(["name", "region"]);
    expect(subjectOf(FUNCTION, {}, {}).unknown).toEqual([]);
  });

  test("the resource's own region goes before the provider's", () => {
    const provider = { region: "eu-west-1" };
    expect(subjectOf(FUNCTION, { region: "eu-north-1" }, provider).target.region).toBe("eu-north-1");
    expect(subjectOf(FUNCTION, {}, provider).target.region).toBe("eu-west-1");
  });

  test.each([
    ["exactly one, as bridged providers write lists", '["123456789012"]', "123456789012"],
    ["exactly one", ["123456789012"], "123456789012"],
    ["two", '["123456789012","210987654321"]', undefined],
    ["one that is no account id", '["prod"]', undefined],
    ["text that is no list", "123456789012", undefined],
    ["unknown", UNKNOWN, undefined],
  ])("an account is proved by allowedAccountIds: %s", (_, allowedAccountIds, account) => {
    expect(subjectOf(FUNCTION, {}, { allowedAccountIds }).target.account).toBe(account);
  });

  test.each<[what: string, raw: Record<string, unknown>, tags: object | undefined]>([
    ["none", {}, {}],
    ["a map", { tags: { team: "a" } }, { team: "a" }],
    [
      "the provider's default tags as well",
      { tags: { team: "a" }, tagsAll: { team: "a", env: "p" } },
      { team: "a", env: "p" },
    ],
    ["aws-native's list", { tags: [{ key: "team", value: "a" }] }, { team: "a" }],
    ["unknown", { tags: UNKNOWN }, undefined],
    ["one that is unknown", { tags: { team: UNKNOWN, env: "p" } }, undefined],
  ])("tags: %s", (_, raw, tags) => {
    expect(subjectOf(FUNCTION, raw, {}).target.tags).toEqual(tags);
  });
});
