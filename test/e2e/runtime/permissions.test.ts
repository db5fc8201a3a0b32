import {
  DisableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateKeyCommand,
  GenerateMacCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms";
import {
  CreateAliasCommand,
  GetFunctionConfigurationCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  TagResourceCommand,
} from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type MacKey, sealConfiguration } from "@fnseal/core";
import { createQueue, createRole, createRule, receiveUntil } from "../../support/emulator/resources.ts";
import { codeOf } from "./support/functions.ts";
import { newMacKey } from "./support/macKey.ts";
import { GOOD, NEEDS } from "./support/needs.ts";
import { type RolePolicy, rolePolicyOf } from "./support/rolePolicy.ts";
import { newWatched, type Watched } from "./support/watched.ts";

/** Long enough for what is allowed to be done many times over. */
const DENIED_MS = 4000;
const ALLOWED_MS = 90_000;

jest.setTimeout(180_000);

let watched: Watched;
let policy: RolePolicy;
let key: MacKey;

beforeAll(async () => {
  const budget = { getFunctionPerSecond: 0, othersPerSecond: 0 };
  watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 }, budget } });
  key = await newMacKey(watched.emulator);
  const up = await watched.setPolicy({ policy: { sealKeys: [key.uri] } });
  expect(up.exitCode).toBe(0);
  await watched.sweep();
  policy = await rolePolicyOf(watched.emulator, watched.outputs.roleArn);
  await silenceEvents();
  await makeFunctions();
  await makeSealed();
}, 300_000);

afterAll(() => watched.remove());

/** Only who asks gets a verdict: an event would be answered by whichever comes first. */
async function silenceEvents(): Promise<void> {
  const events = new EventBridgeClient(watched.emulator.config());
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: "watch-watch-" }));
  for (const { Name } of Rules) await events.send(new DisableRuleCommand({ Name }));
  expect(Rules).toHaveLength(1);
}

async function makeFunctions(): Promise<void> {
  const { functions } = watched;
  const lambda = functions.client();
  const layer = codeOf("a signed layer");
  for (const code of [GOOD, layer]) await functions.sign(code);
  const published = await lambda.send(
    new PublishLayerVersionCommand({ LayerName: "shared", Content: { ZipFile: layer } }),
  );
  await functions.create("plain", GOOD);
  await functions.create("moving", GOOD);
  await functions.create("layered", GOOD, { Layers: [published.LayerVersionArn ?? ""] });
  await functions.create("aliased", GOOD);
  const FunctionName = "aliased";
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({
      ...{ FunctionName, Qualifier: "live", ProvisionedConcurrentExecutions: 1 },
    }),
  );
}

async function makeSealed(): Promise<void> {
  const code = codeOf("sealed");
  const environment = { PASSWORD: "hunter2-and-more" };
  const configuration = {
    ...{ handler: null, runtime: null, architectures: [], layers: [], role: null, environment },
    ...{ fileSystems: [], vpc: null, imageConfig: null },
  };
  const sealed = await sealConfiguration(configuration, ["environment"], key);
  await watched.functions.sign(code, { configuration: sealed });
  await watched.functions.create("sealed", code, { Environment: { Variables: environment } });
}

test("the role is given nothing that is not tried here", () => {
  const given = policy.allowed().map(([sid, action]) => `${sid} ${action}`);
  expect(given.sort()).toEqual(Object.keys(NEEDS).sort());
});

describe("each permission of the verifier's role is needed", () => {
  test.each(Object.entries(NEEDS))("%s", async (name, { prepare, act, denied, allowed }) => {
    const [sid = "", action = ""] = name.split(" ");
    await prepare?.(watched);
    await policy.without(sid, action);
    try {
      expect(await act(watched, DENIED_MS)).toMatch(denied);
    } finally {
      await policy.whole();
    }
    expect(await act(watched, ALLOWED_MS)).toMatch(allowed);
  });
});

test("the seal's key lets the verifier in by its own policy, and nobody by a permission", async () => {
  const { emulator } = watched;
  const kms = new KMSClient(emulator.config());
  const { Environment } = await watched.functions
    .client()
    .send(new GetFunctionConfigurationCommand({ FunctionName: watched.outputs.functionName }));
  const KeyId = Environment?.Variables?.["FNSEAL_SEAL_KEY_ARN"];
  const mighty = await createRole(emulator.config(), "mighty", [
    { Effect: "Allow", Action: "kms:*", Resource: "*" },
  ]);
  const thief = new KMSClient(emulator.config("us-east-1", await emulator.asRole(mighty)));
  const forge = { KeyId, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from("a seal") } as const;
  await expect(thief.send(new GenerateMacCommand(forge))).rejects.toThrow("not authorized");

  const { Policy = "" } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  const document = JSON.parse(Policy) as { Statement: { Sid: string }[] };
  const Statement = document.Statement.filter(({ Sid }) => Sid !== "OnlyTheVerifier");
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ ...document, Statement }) }));
  // What a process has derived it keeps.
  await watched.restart();
  expect(await watched.invoke({ function: "plain" })).toMatchObject({
    errorMessage: expect.stringContaining("kms:GenerateMac") as string,
  });
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
  expect(await watched.invoke({ function: "plain" })).toMatchObject({ status: "verified" });
});

describe("nobody else brings anything into the verifier's", () => {
  const targets = {
    "event queue": () => arnOfQueue(watched.outputs.eventQueueUrl),
    "sweep queue": () => arnOfQueue(watched.outputs.sweepQueueUrl),
    topic: () => watched.outputs.topicArn,
    bus: () => watched.outputs.busArn,
  };

  test.each(Object.entries(targets))("%s by a rule of his own", async (name, arnOf) => {
    const config = watched.emulator.config();
    const lost = await createQueue(config, `lost-${name.replace(" ", "-")}`);
    const rule = `strangers-${name.replace(" ", "-")}`;
    const match = { pattern: { source: ["aws.lambda"], detail: { eventName: [{ prefix: "TagResource" }] } } };
    // A role for the bus that may do nothing: the other targets look at their own policies.
    const role = name === "bus" ? { RoleArn: watched.functions.roleArn } : {};
    await createRule(config, rule, match, { Arn: arnOf(), ...role, DeadLetterConfig: { Arn: lost.arn } });
    const Resource = watched.functions.arnOf("plain");
    await watched.functions.client().send(new TagResourceCommand({ Resource, Tags: { seen: name } }));
    // EventBridge gives up at once where it is not let in.
    await receiveUntil(config, lost, ({ source }: { source: string }) => source === "aws.lambda", 30);
  });

  test("queues, topic and bus by calls without permission", async () => {
    const { emulator, outputs } = watched;
    const config = emulator.config("us-east-1", await emulator.asUser("stranger"));
    const MessageBody = JSON.stringify({ sweep: true });
    const send = (QueueUrl: string): Promise<unknown> =>
      new SQSClient(config).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const Entry = {
      EventBusName: outputs.busArn,
      Source: "fnseal",
      DetailType: "fnseal finding",
      Detail: "{}",
    };
    const tried = await Promise.allSettled([
      send(outputs.eventQueueUrl),
      send(outputs.sweepQueueUrl),
      new SNSClient(config).send(new PublishCommand({ TopicArn: outputs.topicArn, Message: "all is well" })),
      new EventBridgeClient(config).send(new PutEventsCommand({ Entries: [Entry] })),
    ]);
    expect(tried.map((each) => (each.status === "rejected" ? String(each.reason) : "let in"))).toEqual(
      tried.map(() => expect.stringMatching(/not authorized|AccessDenied/) as unknown),
    );
  });
});

// Last, for it deploys the verifier anew.
test("keys of bundles and of code are needed where they are named", async () => {
  const { emulator, functions } = watched;
  const kms = new KMSClient(emulator.config());
  const newKey = async (): Promise<string> =>
    (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const [bucketKey, codeKey] = [await newKey(), await newKey()];
  const up = await watched.setArgs({ bucketKmsKeyArn: bucketKey, codeKmsKeyArns: [codeKey] });
  expect(up.exitCode).toBe(0);
  policy = await rolePolicyOf(emulator, watched.outputs.roleArn);
  const code = codeOf("under keys");
  await functions.sign(code);
  await functions.create("bundled", code);
  await functions.create("encrypted", GOOD, { Code: { ZipFile: GOOD, SourceKMSKeyArn: codeKey } });
  for (const [sid, name, reason] of [
    ["DecryptBundles", "bundled", "s3:GetObject"],
    ["DecryptCode", "encrypted", "lambda:GetFunction: its code"],
  ] as const) {
    await policy.without(sid, "kms:Decrypt");
    expect(await watched.invoke({ function: name })).toMatchObject({
      status: "undecided",
      text: expect.stringContaining(reason) as string,
    });
    await policy.whole();
    expect(await watched.invoke({ function: name })).toMatchObject({ status: "verified" });
  }
});

const arnOfQueue = (url: string): string =>
  `arn:aws:sqs:us-east-1:${watched.emulator.accountId}:${url.split("/").at(-1) ?? ""}`;
