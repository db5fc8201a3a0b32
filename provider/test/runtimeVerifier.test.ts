import { findingSchema } from "../../verifier/src/model/finding.ts";
import { ENVIRONMENT, parseEnvironment, parseSettings } from "../../verifier/src/config/index.ts";
import { weightOf } from "../../verifier/src/events/weight.ts";
import { sweepMessageSchema } from "../../verifier/src/sweep/index.ts";
import { settingsOf } from "../src/arguments/settings.ts";
import { settle } from "../src/arguments/parse.ts";
import { undeliveredFinding } from "../src/parts/farAlarms.ts";
import { WATCHED_CALLS } from "../src/parts/watch.ts";
import { findingOf } from "../src/tamper/message.ts";
import { ofType, one, type Registered, resourcesOf, trustPolicy, withMocks } from "./support.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

/** What AWS lets nobody name: Service Authorization Reference, "AWS Lambda". */
const WITHOUT_RESOURCE = ["lambda:ListEventSourceMappings", "lambda:ListFunctions"];
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1a2b";

let all: readonly Registered[];

beforeAll(async () => {
  await withMocks();
  all = await resourcesOf({
    regions: ["eu-west-1", "eu-central-1"],
    tags: { team: "security" },
    trail: true,
  });
}, 60_000);

function statementsIn(resource: Registered, field = "policy"): Statement[] {
  return (JSON.parse(String(resource.inputs[field])) as { Statement: Statement[] }).Statement;
}

function sidsOf(resources: readonly Registered[]): (string | undefined)[] {
  const policies = ["watch-verifier", "watch-levers"].map((name) => one(resources, "RolePolicy", name));
  return policies.flatMap((policy) => statementsIn(policy)).map(({ Sid }) => Sid);
}

test("every name begins with the component's", () => {
  const names = all.filter(({ type }) => type.startsWith("aws:")).map(({ name }) => name);
  expect(names.filter((name) => !name.startsWith("watch-"))).toEqual([]);
  expect(names.length).toBeGreaterThan(60);
});

test("whatever can have tags has them", () => {
  const taggable = [
    "Function",
    "EventSourceMapping",
    "Role",
    "Queue",
    "Topic",
    "Table",
    "Bucket",
    "Key",
    "EventBus",
  ];
  const more = ["EventRule", "LogGroup", "MetricAlarm", "Trail"];
  const tagged = [...taggable, ...more].flatMap((type) => ofType(all, type));
  expect(tagged.filter(({ inputs }) => !("tags" in inputs)).map(({ name }) => name)).toEqual([]);
  expect(new Set(tagged.map(({ inputs }) => JSON.stringify(inputs["tags"])))).toEqual(
    new Set(['{"team":"security"}']),
  );
});

test("every resource says its region, but for IAM's", () => {
  const without = all.filter(({ type, inputs }) => type.startsWith("aws:") && !("region" in inputs));
  expect(new Set(without.map(({ type }) => type.split("/")[0]))).toEqual(new Set(["aws:iam"]));
});

test("every statement of every policy has a name", () => {
  const policies = ["RolePolicy", "QueuePolicy", "TopicPolicy", "BucketPolicy", "Key"].flatMap((type) =>
    ofType(all, type),
  );
  const statements = policies.flatMap((policy) => statementsIn(policy));
  expect(statements.filter(({ Sid }) => Sid === undefined)).toEqual([]);
});

test("a role has * as resource only where AWS knows no other, and then in its regions only", () => {
  const statements = ofType(all, "RolePolicy").flatMap((policy) => statementsIn(policy));
  const wide = statements.filter(({ Resource }) => [Resource].flat().includes("*"));
  expect(wide.flatMap(({ Action }) => Action)).toEqual(WITHOUT_RESOURCE);
  expect(wide.map(({ Condition }) => Condition)).toEqual([
    { StringEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] } },
  ]);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
});

test("levers and tags come only with the actions that need them", async () => {
  const quiet = await resourcesOf({ actions: ["notify"] });
  expect(sidsOf(quiet)).not.toEqual(expect.arrayContaining(["Block"]));
  expect(sidsOf(quiet)).not.toEqual(expect.arrayContaining(["Detect"]));
  const asked = await resourcesOf({
    actions: ["notify"],
    trustPolicy: trustPolicy({ runtime: { actions: ["block"] } }),
  });
  expect(sidsOf(asked)).toContain("Block");
  expect(sidsOf(asked)).not.toContain("Detect");
  expect(sidsOf(await resourcesOf({ codeKmsKeyArns: [KEY], bucketKmsKeyArn: KEY }))).toEqual(
    expect.arrayContaining(["DecryptCode", "DecryptBundles"]),
  );
});

test("the verifier cannot stop itself", () => {
  const [deny] = statementsIn(one(all, "RolePolicy", "watch-never-itself"));
  expect(deny).toMatchObject({
    Effect: "Deny",
    Action: expect.arrayContaining(["lambda:PutFunctionConcurrency"]) as unknown,
  });
});

test("only the verifier's role can make a seal", () => {
  const statements = statementsIn(one(all, "Key", "watch-seal"));
  const making = statements.filter(({ Action }) =>
    [Action].flat().some((action) => /Mac|CreateGrant|\*/.test(action)),
  );
  expect(making).toHaveLength(1);
  expect(making[0]).toMatchObject({
    Principal: { AWS: "arn:aws:iam::123456789012:watch-verifier-1a2b3c4" },
  });
});

test("EventBridge may send to each queue for the rules that do, and for no others", () => {
  const [send] = statementsIn(one(all, "QueuePolicy", "watch-events"));
  expect(send).toMatchObject({
    Sid: "EventBridge",
    Action: ["sqs:SendMessage"],
    Condition: {
      ArnEquals: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:watch-events-1a2b3c4" },
      StringEquals: { "aws:SourceAccount": "123456789012" },
    },
  });
});

test("SQS is read with partial failures, within limits, and waits longer than the function may run", () => {
  const mappings = ofType(all, "EventSourceMapping").map(({ inputs }) => inputs);
  expect(mappings).toHaveLength(2);
  for (const mapping of mappings)
    expect(mapping["functionResponseTypes"]).toEqual(["ReportBatchItemFailures"]);
  expect(one(all, "EventSourceMapping", "watch-sweep").inputs["scalingConfig"]).toEqual({
    maximumConcurrency: 2,
  });
  const timeout = Number(one(all, "Function", "watch-verifier").inputs["timeout"]);
  const { visibilityTimeoutSeconds, redrivePolicy } = one(all, "Queue", "watch-events").inputs;
  expect(Number(visibilityTimeoutSeconds)).toBeGreaterThan(timeout);
  expect(JSON.parse(String(redrivePolicy))).toMatchObject({ maxReceiveCount: 10 });
});

test("the function understands the environment and the settings that it gets", async () => {
  const { variables } = one(all, "Function", "watch-verifier").inputs["environment"] as {
    variables: Record<string, string>;
  };
  expect(Object.keys(variables).sort()).toEqual([...ENVIRONMENT, "NODE_OPTIONS"].sort());
  // As AWS writes them; the mocks' are shorter.
  const real = {
    FNSEAL_ROLE_ARN: "arn:aws:iam::123456789012:role/watch",
    AWS_REGION: "eu-west-1",
    AWS_LAMBDA_FUNCTION_NAME: "watch",
  };
  expect(parseEnvironment({ ...variables, ...real }).resources.maxReceives).toBe(10);
  const settings = settingsOf(settle("owner", { trustPolicy: "x" }), ["eu-west-1"]);
  const { promise } = settings as unknown as { promise: () => Promise<unknown> };
  expect(parseSettings(await promise.call(settings), "settings.json").actions).toEqual(["detect", "notify"]);
});

test("the verifier understands what the clock sends it", () => {
  const scheduled = ofType(all, "EventRule")
    .filter(({ inputs }) => "scheduleExpression" in inputs)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(scheduled.map(({ name, inputs }) => [name, inputs["scheduleExpression"]])).toEqual([
    ["watch-sweep", "rate(1 day)"],
    ["watch-wake", "rate(5 minutes)"],
  ]);
  const messages = scheduled.map(({ name }) => String(one(all, "EventTarget", name).inputs["input"]));
  expect(messages.map((message) => sweepMessageSchema.parse(JSON.parse(message)))).toEqual([
    { sweep: true },
    { wake: true },
  ]);
});

test("every call that the verifier weighs is watched", () => {
  const unknown = WATCHED_CALLS.filter((name) => name !== "PublishLayerVersion" && weightOf(name) === 0);
  expect(unknown).toEqual([]);
});

test("state is kept: what it is guarded by", () => {
  expect(one(all, "Table", "watch-state").inputs).toMatchObject({
    deletionProtectionEnabled: true,
    pointInTimeRecovery: { enabled: true },
    ttl: { enabled: true, attributeName: "expires" },
  });
  expect(one(all, "BucketVersioning", "watch-bundles").inputs).toMatchObject({
    versioningConfiguration: { status: "Enabled" },
  });
  expect(one(all, "LogGroup", "watch-log").inputs["retentionInDays"]).toBe(90);
});

test("every target has dead letters in its rule's own region", () => {
  for (const { inputs } of ofType(all, "EventTarget")) {
    const { arn } = inputs["deadLetterConfig"] as { arn: string };
    expect(arn.split(":")[3]).toBe(inputs["region"]);
  }
});

test("tamper rules: at home to the topic at once, elsewhere to the bus; IAM's where IAM's events come", () => {
  const topic = "arn:aws:sns:eu-west-1:123456789012:watch-findings-1a2b3c4";
  const targets = ofType(all, "EventTarget").filter(({ name }) => name.startsWith("watch-tamper-"));
  for (const { inputs } of targets) {
    const isHome = inputs["region"] === "eu-west-1";
    expect(inputs["arn"] === topic).toBe(isHome);
    expect("roleArn" in inputs).toBe(!isHome);
    expect("inputTransformer" in inputs).toBe(isHome);
  }
  expect(targets.map(({ name }) => name)).toContain("watch-tamper-roles-us-east-1");
});

test("patterns keep within EventBridge's limit, whatever the names", async () => {
  const long = { namePrefix: `w${"atch".repeat(6)}`.slice(0, 24), regions: ["ap-southeast-1", "eu-west-1"] };
  const rules = ofType(await resourcesOf({ ...long, trail: true, bucketKmsKeyArn: KEY }), "EventRule");
  const patterns = rules.map(({ inputs }) =>
    typeof inputs["eventPattern"] === "string" ? inputs["eventPattern"] : "",
  );
  // Quota "event pattern size" of the EventBridge user guide.
  expect(Math.max(...patterns.map((pattern) => pattern.length))).toBeLessThanOrEqual(2048);
});

test("what lies undelivered in another region is told at home: an alarm there can tell no topic here", () => {
  const elsewhere = ["eu-central-1", "us-east-1"];
  const alarms = ofType(all, "MetricAlarm").filter(({ inputs }) => inputs["region"] !== "eu-west-1");
  expect(alarms.map(({ inputs }) => [inputs["region"], inputs["dimensions"]]).sort()).toEqual(
    elsewhere.map((region) => [region, { QueueName: `watch-undelivered-${region}-1a2b3c4` }]),
  );
  expect(alarms.filter(({ inputs }) => "alarmActions" in inputs)).toEqual([]);
  for (const region of elsewhere) {
    const name = `watch-undelivered-${region}`;
    expect(JSON.parse(String(one(all, "EventRule", name).inputs["eventPattern"]))).toMatchObject({
      detail: { alarmName: [`${name}-1a2b3c4`], state: { value: ["ALARM"] } },
    });
    expect(one(all, "EventTarget", name).inputs["arn"]).toContain("watch-bus");
  }
  const { inputTemplate } = undeliveredFinding("watch", "https://example.com/errors.md") as {
    inputTemplate: string;
  };
  expect(findingSchema.parse(JSON.parse(inputTemplate))).toMatchObject({ code: "could-not-verify" });
});

test("one region alone needs no alarms elsewhere but where IAM's events are", async () => {
  const alone = await resourcesOf({ regions: ["us-east-1"] });
  expect(ofType(alone, "EventRule").map(({ name }) => name)).not.toContain("watch-undelivered-elsewhere");
});

test("what EventBridge makes of a tamper event is a finding, also where the event lacks a value", () => {
  const { inputTemplate } = findingOf("a queue", "watch", "https://example.com/errors.md") as {
    inputTemplate: string;
  };
  const filled = inputTemplate.replace(/<(\w+)>/g, (_all, name: string) =>
    name === "error" ? "" : `${name}-1`,
  );
  expect(findingSchema.parse(JSON.parse(filled))).toMatchObject({ kind: "tamper", change: { who: "who-1" } });
});

test("what the caller has is used and not made", async () => {
  const own = await resourcesOf({
    topicArn: "arn:aws:sns:eu-west-1:123456789012:alerts",
    bucket: "acme-bundles",
  });
  expect([
    ...ofType(own, "Topic"),
    ...ofType(own, "TopicPolicy"),
    ...ofType(own, "Bucket"),
    ...ofType(own, "Trail"),
  ]).toEqual([]);
  const { variables } = one(own, "Function", "watch-verifier").inputs["environment"] as { variables: object };
  expect(variables).toMatchObject({
    FNSEAL_BUCKET: "acme-bundles",
    FNSEAL_TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:alerts",
  });
});
