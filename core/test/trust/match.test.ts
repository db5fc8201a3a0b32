import { isInScope, type Scope, type Target, trustedLayerPattern } from "../../src/trust/index.ts";

const everything: Scope = {
  functions: ["*"],
  layers: ["*"],
  regions: undefined,
  accounts: undefined,
  tags: undefined,
};
const orders: Target = {
  kind: "function",
  name: "orders",
  region: "eu-central-1",
  account: "111122223333",
  tags: { stage: "prod" },
};

describe("whether a rule is about a function", () => {
  test.each<[string, Partial<Scope>, Partial<Target>, boolean | undefined]>([
    ["everything", {}, {}, true],
    [
      "everything, and nothing is known",
      {},
      { name: undefined, region: undefined, account: undefined, tags: undefined },
      true,
    ],
    ["its name", { functions: ["ord*"] }, {}, true],
    ["another name", { functions: ["pay*"] }, {}, false],
    ["a layer of that name", { functions: ["orders"], layers: [] }, { kind: "layer" }, false],
    ["its name, which is unknown", { functions: ["ord*"] }, { name: undefined }, undefined],
    ["its region", { regions: ["eu-central-1"] }, {}, true],
    ["another region", { regions: ["us-east-1"] }, {}, false],
    ["a region, which is unknown", { regions: ["us-east-1"] }, { region: undefined }, undefined],
    ["its account", { accounts: ["111122223333"] }, {}, true],
    ["an account, which is unknown", { accounts: ["111122223333"] }, { account: undefined }, undefined],
    ["its tags", { tags: { stage: "prod" } }, {}, true],
    ["other tags", { tags: { stage: "test" } }, {}, false],
    ["a tag it has not", { tags: { toString: "x" } }, {}, false],
    ["tags, which are unknown", { tags: { stage: "prod" } }, { tags: undefined }, undefined],
    [
      "a name that is unknown and another region",
      { functions: ["a"], regions: ["us-east-1"] },
      { name: undefined },
      false,
    ],
    ["no function at all", { functions: [] }, { name: undefined }, false],
  ])("that is about %s", (_, scope, target, expected) => {
    expect(isInScope({ ...everything, ...scope }, { ...orders, ...target })).toBe(expected);
  });
});

describe("a trusted layer", () => {
  const aws = "arn:aws:lambda:*:580247275435:layer:LambdaInsights*:*";

  test.each([
    [aws, "arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:14", true],
    [aws, "arn:aws:lambda:eu-central-1:580247275436:layer:LambdaInsightsExtension:14", false],
    [aws, "arn:aws:lambda:x:666666666666:layer:y:580247275435:layer:LambdaInsightsExtension:1", false],
    [aws, "arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension", false],
    [aws, "arn:aws:lambda:eu-central-1:580247275435:function:LambdaInsightsExtension:1", false],
    [aws, "arn:aws-cn:lambda:cn-north-1:580247275435:layer:LambdaInsightsExtension:1", false],
    [aws, "arn:aws:lambda:eu-central-1:666666666666:layer:LambdaInsights:580247275435", false],
    [aws, "", false],
    [
      "arn:aws:lambda:eu-central-1:580247275435:layer:A:1",
      "arn:aws:lambda:eu-central-1:580247275435:layer:A:11",
      false,
    ],
  ])("%s names %s: %s", (pattern, arn, expected) => {
    expect(trustedLayerPattern(["arn:aws:lambda:x:000000000000:layer:none:1", pattern], arn)).toBe(
      expected ? pattern : undefined,
    );
  });
});
