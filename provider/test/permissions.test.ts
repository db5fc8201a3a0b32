import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RuntimeVerifierArgs } from "../src/index.ts";
import { ACCOUNT, ofType, one, type Registered, resourcesOf, trustPolicy, withMocks } from "./support.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: "*" | Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const HOME = "eu-west-1";
const KEY_ID = "11111111-2222-3333-4444-555555555555";
const KEY = `arn:aws:kms:${HOME}:${ACCOUNT}:key/${KEY_ID}`;

const OPTIONS: Readonly<Record<string, Partial<RuntimeVerifierArgs>>> = {
  "the default": {},
  "nothing but notices": { actions: ["notify"] },
  "a block": { actions: ["block"] },
  "all actions by a rule": {
    actions: ["notify"],
    trustPolicy: trustPolicy({ runtime: { actions: ["detect", "block"] } }),
  },
  "two regions and a trail": { regions: [HOME, "us-east-1"], trail: true },
  "keys of its own": { bucketKmsKeyArn: KEY, codeKmsKeyArns: [KEY] },
  "values sealed under a key": { trustPolicy: { ...trustPolicy(), sealKeys: [`awskms:///${KEY}`] } },
  "a topic and a bucket that were there": {
    topicArn: `arn:aws:sns:${HOME}:${ACCOUNT}:alerts`,
    bucket: "acme-bundles",
  },
};

const FUNCTION = `arn:aws:lambda:(${HOME}|us-east-1):${ACCOUNT}:function:\\*`;
const named = (type: string, name: string): string => `arn:aws:${type}:${HOME}:${ACCOUNT}:${name}-1a2b3c4`;
const BUCKET = "arn:aws:s3:::(watch-bundles-1a2b3c4|acme-bundles)";

/**
 * What each action may name: Service Authorization Reference, the column "Resource types". `undefined` where that is
 * empty, which AWS says means "*". Mocks call a service by its package: `cloudwatch` is EventBridge's and the logs'.
 */
const RESOURCES: Readonly<Record<string, string | undefined>> = {
  "dynamodb:BatchGetItem": named("dynamodb", "watch-state"),
  "dynamodb:GetItem": named("dynamodb", "watch-state"),
  "dynamodb:PutItem": named("dynamodb", "watch-state"),
  "dynamodb:Query": named("dynamodb", "watch-state"),
  "events:PutEvents": named("cloudwatch", "watch-bus"),
  "kms:Decrypt": KEY,
  "kms:VerifyMac": KEY,
  "lambda:DeleteFunctionConcurrency": FUNCTION,
  // Of these two: a version or an alias, whose ARNs begin like the function's.
  "lambda:DeleteProvisionedConcurrencyConfig": FUNCTION,
  "lambda:PutProvisionedConcurrencyConfig": FUNCTION,
  "lambda:GetFunction": FUNCTION,
  "lambda:GetFunctionConcurrency": FUNCTION,
  "lambda:GetLayerVersion": `arn:aws:lambda:(${HOME}|us-east-1):\\*:layer:\\*`,
  "lambda:ListAliases": FUNCTION,
  "lambda:ListEventSourceMappings": undefined,
  "lambda:ListFunctionEventInvokeConfigs": FUNCTION,
  "lambda:ListFunctions": undefined,
  "lambda:ListProvisionedConcurrencyConfigs": FUNCTION,
  "lambda:ListTags": FUNCTION,
  "lambda:ListVersionsByFunction": FUNCTION,
  "lambda:PutFunctionConcurrency": FUNCTION,
  "lambda:TagResource": FUNCTION,
  "lambda:UntagResource": FUNCTION,
  "logs:CreateLogStream": `${named("cloudwatch", "watch-log")}:\\*`,
  "logs:PutLogEvents": `${named("cloudwatch", "watch-log")}:\\*`,
  "s3:GetObject": `${BUCKET}/\\*`,
  "s3:ListBucket": BUCKET,
  "sns:Publish": `(${named("sns", "watch-findings")}|arn:aws:sns:${HOME}:${ACCOUNT}:alerts)`,
  "sqs:ChangeMessageVisibility": named("sqs", "watch-(events|sweep)"),
  "sqs:DeleteMessage": named("sqs", "watch-(events|sweep)"),
  "sqs:GetQueueAttributes": named("sqs", "watch-(events|sweep)"),
  "sqs:ReceiveMessage": named("sqs", "watch-(events|sweep)"),
  "sqs:SendMessage": named("sqs", "watch-sweep"),
};

const made = new Map<string, readonly Registered[]>();

beforeAll(async () => {
  await withMocks();
  for (const [name, args] of Object.entries(OPTIONS)) made.set(name, await resourcesOf(args));
}, 120_000);

function statementsIn(resource: Registered, field = "policy"): readonly Statement[] {
  return (JSON.parse(String(resource.inputs[field])) as { Statement: Statement[] }).Statement;
}

/** What the roles are given, of all options. */
function roleStatements(resources: readonly Registered[]): readonly Statement[] {
  return ofType(resources, "RolePolicy").flatMap((policy) => statementsIn(policy));
}

const many = (value: string | readonly string[] = []): readonly string[] => [value].flat();

describe.each(Object.keys(OPTIONS))("the roles with %s", (name) => {
  test("name what they may touch, wherever AWS knows a name, and no action by a pattern", () => {
    const allowed = roleStatements(made.get(name) ?? []).filter(({ Effect }) => Effect === "Allow");
    const pairs = allowed.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => many(Resource).map((resource): [string, string] => [action, resource])),
    );
    const wrong = pairs.filter(([action, resource]) => {
      if (!(action in RESOURCES)) return true;
      const known = RESOURCES[action];
      return known === undefined ? resource !== "*" : !new RegExp(`^${known}$`).test(resource);
    });
    expect(wrong).toEqual([]);
    expect(pairs.length).toBeGreaterThan(20);
  });

  test("reach no further than the watched regions where no name is possible", () => {
    const args = OPTIONS[name];
    const wide = roleStatements(made.get(name) ?? []).filter(({ Resource }) => many(Resource).includes("*"));
    expect(wide.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { "aws:RequestedRegion": args?.regions ?? [HOME] } },
    ]);
  });

  test("let services act for this account's own parts only", () => {
    const resources = made.get(name) ?? [];
    const policies = [
      ...["QueuePolicy", "TopicPolicy", "BucketPolicy"].flatMap((type) => ofType(resources, type)),
      ...ofType(resources, "Key"),
    ].map((each): [string, readonly Statement[]] => [each.name, statementsIn(each)]);
    const trusts = ofType(resources, "Role").map((each): [string, readonly Statement[]] => [
      each.name,
      statementsIn(each, "assumeRolePolicy"),
    ]);
    const open = [...policies, ...trusts].flatMap(([where, statements]) =>
      statements.filter(isOpen).map(({ Sid }) => `${where} ${Sid}`),
    );
    // Lambda takes on a role for functions of the role's own account only, and sends no such key.
    expect(open).toEqual(["watch-verifier Assume"]);
  });
});

/** Whether somebody else's resource could make a service do it: the confused deputy. */
function isOpen({ Effect, Principal, Condition = {} }: Statement): boolean {
  if (Effect === "Deny" || (typeof Principal === "object" && Principal["Service"] === undefined))
    return false;
  const conditions = Object.values(Condition).flatMap((keys) => Object.entries(keys));
  const valuesOf = (key: string): readonly string[] =>
    conditions.filter(([name]) => name.toLowerCase() === key).flatMap(([, value]) => many(value));
  const sources = valuesOf("aws:sourcearn");
  // A source's ARN names the account as well.
  const isOurs = sources.every((arn) => arn.split(":")[4] === ACCOUNT && /[:/]watch-/.test(arn));
  return sources.length === 0 || !isOurs;
}

describe("docs/runtime.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/runtime.md"), "utf8");
  const [, table = ""] = /## Permissions\n([\s\S]*?)\n## /.exec(page) ?? [];
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const spans = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);

  /** A prefix is written once for the actions that follow. */
  function actionsOf(cell: string | undefined): string[] {
    let service = "";
    return spans(cell).map((text) => {
      const [prefix, action] = text.includes(":") ? text.split(":") : [service, text];
      service = prefix ?? "";
      return `${service}:${action ?? ""}`;
    });
  }

  test("explains each statement of the verifier's role with its actions, and no others", () => {
    const given = new Map<string, Set<string>>();
    for (const resources of made.values()) {
      const policies = ["watch-verifier", "watch-levers", "watch-never-itself"].map((each) =>
        one(resources, "RolePolicy", each),
      );
      for (const { Sid, Effect, Action } of policies.flatMap((policy) => statementsIn(policy))) {
        const actions = given.get(Sid) ?? new Set();
        if (Effect === "Allow") Action.forEach((action) => actions.add(action));
        given.set(Sid, actions);
      }
    }
    const told = new Map<string, Set<string>>();
    for (const [, sids, actions, on, why] of rows) {
      expect([sids, on, why]).not.toContain("");
      for (const sid of spans(sids)) told.set(sid, new Set(actionsOf(actions)));
    }
    // A row about two statements names what they allow together.
    const pairs = rows.map(([, sids]) => spans(sids)).filter((sids) => sids.length > 1);
    for (const sids of pairs) {
      const together = new Set(sids.flatMap((sid) => [...(given.get(sid) ?? [])]));
      for (const sid of sids) given.set(sid, together);
    }
    expect(sorted(told)).toEqual(sorted(given));
  });
});

/** Of AWS's regions those that every account has; IAM User Guide, "Quotas": a role's inline policies have 10,240 characters. */
const REGIONS = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1"],
  ...["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1", "ap-northeast-1"],
  ...["ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"],
];

test("a role has room for all permissions in every region, also while its levers are replaced", async () => {
  const all = { bucketKmsKeyArn: KEY, codeKmsKeyArns: [KEY], regions: REGIONS };
  const may = await resourcesOf({ ...all, actions: ["block", "detect"] });
  const not = await resourcesOf({ ...all, actions: ["notify"] });
  const sizeOf = (resources: readonly Registered[], name: string): number =>
    String(one(resources, "RolePolicy", name).inputs["policy"]).length;
  const sizes = [
    ...["watch-verifier", "watch-never-itself", "watch-levers"].map((name) => sizeOf(may, name)),
    sizeOf(not, "watch-levers"),
  ];
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_240);
}, 60_000);

function sorted(map: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string[]> {
  return Object.fromEntries([...map].map(([sid, actions]): [string, string[]] => [sid, [...actions].sort()]));
}
