import { parseFunctionName } from "../../src/events/functionName.ts";

const here = { account: "123456789012", region: "eu-central-1" };

describe("parseFunctionName", () => {
  // The forms of `FunctionName` in the Lambda API reference.
  it.each([
    ["orders", { ...here, name: "orders" }],
    ["orders:live", { ...here, name: "orders" }],
    ["orders:$LATEST", { ...here, name: "orders" }],
    ["function:orders", { ...here, name: "orders" }],
    ["210987654321:function:orders", { ...here, account: "210987654321", name: "orders" }],
    ["210987654321:function:orders:7", { ...here, account: "210987654321", name: "orders" }],
    [
      "arn:aws:lambda:us-east-1:210987654321:function:orders",
      { account: "210987654321", region: "us-east-1", name: "orders" },
    ],
    [
      "arn:aws-cn:lambda:cn-north-1:210987654321:function:orders:live",
      { account: "210987654321", region: "cn-north-1", name: "orders" },
    ],
    [
      "arn:aws-us-gov:lambda:us-gov-west-1:210987654321:function:orders:$LATEST",
      { account: "210987654321", region: "us-gov-west-1", name: "orders" },
    ],
  ])("reads %s", (text, place) => {
    expect(parseFunctionName(text, here)).toEqual(place);
  });

  it("takes a name of twelve digits for a name", () => {
    expect(parseFunctionName("210987654321:live", here)).toEqual({ ...here, name: "210987654321" });
  });

  it.each([
    "",
    "orders/x",
    "orders\n",
    "arn:aws:lambda:us-east-1:210987654321:layer:tools:1",
    "arn:aws:s3:::orders",
    "arn:aws:lambda:us-east-1:210987654321:function:orders:live:more",
    "a".repeat(141),
  ])("refuses %j", (text) => {
    expect(parseFunctionName(text, here)).toBeUndefined();
  });
});
