import * as pulumi from "@pulumi/pulumi";
import { ArgumentError, RuntimeVerifier, type RuntimeVerifierArgs } from "../src/index.ts";
import { resourcesOf, trustPolicy, withMocks } from "./support.ts";

beforeAll(withMocks);

function problemOf(args: object): string {
  const all = { trustPolicy: trustPolicy(), regions: ["eu-west-1"], ...args } as RuntimeVerifierArgs;
  try {
    new RuntimeVerifier("watch", all);
  } catch (thrown) {
    if (thrown instanceof ArgumentError) return thrown.message;
    throw thrown;
  }
  return "";
}

test.each([
  [{ actions: ["stop"] }, 'RuntimeVerifier "watch": actions[0]: '],
  [
    { scope: { exclude: ["good", "bad name"] } },
    'RuntimeVerifier "watch": scope.exclude[1]: must be a function',
  ],
  [{ breaker: { blocksPerHour: -1 } }, 'RuntimeVerifier "watch": breaker.blocksPerHour: '],
  [{ budget: { othersPerSecond: 16 } }, 'RuntimeVerifier "watch": budget.othersPerSecond: '],
  [{ regions: ["europe"] }, 'RuntimeVerifier "watch": regions[0]: must be an AWS region'],
  [{ regions: ["eu-west-1", "eu-west-1"] }, 'RuntimeVerifier "watch": regions: names a region twice'],
  [{ schedule: "rate(4 days)" }, 'RuntimeVerifier "watch": schedule: must be at most rate(3 days)'],
  [{ logRetentionDays: 8 }, 'RuntimeVerifier "watch": logRetentionDays: must be one of 1, 3'],
  [{ topicArn: "alerts" }, 'RuntimeVerifier "watch": topicArn: must be the ARN'],
  [
    { codeKmsKeyArns: ["alias/code"] },
    'RuntimeVerifier "watch": codeKmsKeyArns[0]: must be the ARN of a KMS key',
  ],
  [{ rolePath: "roles" }, 'RuntimeVerifier "watch": rolePath: must begin and end with /'],
  [{ tags: { "aws:mine": "1" } }, 'RuntimeVerifier "watch": tags.aws:mine: '],
  [{ region: "eu-west-1" }, 'RuntimeVerifier "watch": region: there is no such argument'],
  [{ trail: pulumi.output(true) }, 'RuntimeVerifier "watch": trail: has to be a plain value'],
  [
    { trustPolicy: trustPolicy({ signedBy: "nobody" }) },
    'RuntimeVerifier "watch": trustPolicy.rules[0].signedBy: "nobody" is none of the authorities (ci)',
  ],
  [
    { trustPolicy: "missing.yaml" },
    'RuntimeVerifier "watch": trustPolicy: the file missing.yaml cannot be read',
  ],
])("%p is refused by name", (args, message) => {
  expect(problemOf(args)).toContain(message);
});

test("every wrong argument is named at once", () => {
  expect(problemOf({ actions: [], logRetentionDays: 8 }).split("\n")).toHaveLength(2);
});

test("a name that AWS would refuse is made fit", async () => {
  const all = await resourcesOf({}, "Production_Account_Verifier_Number_One");
  expect(all.find(({ type }) => type.endsWith(":Bucket"))?.name).toBe("production-account-verif-bundles");
});
