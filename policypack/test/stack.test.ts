import { checkObjectVersion } from "../src/resources/objectVersion.ts";
import { usedLayersInStack } from "../src/resources/usedLayers.ts";
import type { RuleContext, StackResource } from "../src/rules/rule.ts";
import { Session } from "../src/session.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const FUNCTION = "aws:lambda/function:Function";
const resource = (
  name: string,
  type: string,
  raw: Record<string, unknown>,
  dependencies: StackResource["dependencies"] = {},
): StackResource => ({ urn: `urn:pulumi:dev::demo::${type}::${name}`, type, raw, dependencies });

const codes = (findings: readonly { text: string }[]): (string | undefined)[] =>
  findings.map(({ text }) => /\[([a-z0-9-]+)\]/.exec(text)?.[1]);

describe("the version of an S3 object that the program uploads", () => {
  const upload = (versionId: string, key = "k") =>
    resource(`upload of ${key}`, "aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "b", key, versionId });
  const user = (s3ObjectVersion: unknown, on: readonly string[] = []) =>
    resource("fn", FUNCTION, { s3Bucket: "b", s3Key: "k", s3ObjectVersion }, { s3ObjectVersion: on });

  test.each<[what: string, resource: StackResource, upload: StackResource, expected: string[]]>([
    ["is the object's own", user("v2"), upload("v2"), []],
    ["is an older one", user("v1"), upload("v2"), ["s3-version-unproved"]],
    ["is literal while the upload is not known yet", user("v1"), upload(UNKNOWN), ["s3-version-unproved"]],
    ["is not known yet and made of the object", user(UNKNOWN, [upload(UNKNOWN).urn]), upload(UNKNOWN), []],
    [
      "is not known yet and made of something else",
      user(UNKNOWN, ["urn:x"]),
      upload(UNKNOWN),
      ["s3-version-unproved"],
    ],
    ["is not known yet and made of nothing", user(UNKNOWN), upload(UNKNOWN), ["s3-version-unproved"]],
    ["is that of an object elsewhere, which was judged as unread", user("v1"), upload("v1", "other"), []],
    ["is absent, which lambda-source-pinned tells", user(undefined), upload("v1"), []],
  ])("%s", (_, fn, object, expected) => {
    expect(codes(checkObjectVersion(fn, [fn, object]))).toEqual(expected);
  });

  test("is found in aws-native's nested code as well", () => {
    const code = { s3Bucket: "b", s3Key: "k", s3ObjectVersion: UNKNOWN };
    const object = upload(UNKNOWN);
    const fn = (on: string[]) => resource("fn", "aws-native:lambda:Function", { code }, { code: on });
    expect(checkObjectVersion(fn([object.urn]), [object])).toEqual([]);
    expect(codes(checkObjectVersion(fn([]), [object]))).toEqual(["s3-version-unproved"]);
  });
});

describe("a function's layers, in the whole stack", () => {
  const arn = (version: number, account = "123456789012") =>
    `arn:aws:lambda:eu-west-1:${account}:layer:shared:${version}`;
  const layer = resource("layer", "aws:lambda/layerVersion:LayerVersion", {
    layerName: "shared",
    arn: arn(2),
  });
  const policy = {
    version: 1,
    authorities: { ci: { keyless: { issuer: "https://a.example", subject: "b" } } },
    rules: [{ signedBy: "ci" }],
    trustedLayers: [{ arn: "arn:aws:lambda:*:580247275435:layer:Insights:*" }],
  };
  const session = new Session(
    () => new Map([["fnseal-config", { isDisabled: false, properties: { trustPolicy: policy } }]]),
    { environment: {}, ancestors: [] },
  );
  session.layers.add({ raw: layer.raw, args: { urn: layer.urn } as RuleContext["args"] });
  const findings = (layers: unknown, on: readonly string[] = []) => {
    const fn = resource("fn", FUNCTION, { layers }, { layers: on });
    return codes(usedLayersInStack(fn, [fn, layer], session));
  };

  test.each<[what: string, layers: unknown, on: string[], expected: string[]]>([
    ["the very version that the program publishes", [arn(2)], [], []],
    ["another version of it", [arn(1)], [], ["layer-not-trusted"]],
    ["one of that name in another account", [arn(2, "999999999999")], [], ["layer-not-trusted"]],
    ["one that is not known yet, made of the program's", [UNKNOWN], [layer.urn], []],
    ["one that is not known yet, made of something else", [UNKNOWN], ["urn:x"], ["layer-not-trusted"]],
    ["a trusted vendor's", ["arn:aws:lambda:eu-west-1:580247275435:layer:Insights:3"], [], []],
    ["a foreign one, which was told with the function", ["arn:aws:lambda:eu-west-1:1:layer:x:3"], [], []],
    ["none", undefined, [], []],
  ])("%s", (_, layers, on, expected) => {
    expect(findings(layers, on)).toEqual(expected);
  });
});
