import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../../../verifier/src/model/finding.ts";
import { codeOf } from "./functions.ts";
import type { Watched } from "./watched.ts";

/** The least that needs a permission. */
export interface Need {
  /** Done while the role has everything. */
  readonly prepare?: (watched: Watched) => Promise<void>;
  /** What can be seen of it. @param patienceMs how long to wait for what nobody may do */
  readonly act: (watched: Watched, patienceMs: number) => Promise<string>;
  readonly denied: RegExp;
  readonly allowed: RegExp;
}

export const GOOD = codeOf("signed");
const BAD = codeOf("not signed");
const WHY = { reason: "a test of permissions", by: "a test" };

interface Answer {
  readonly errorMessage?: string;
  readonly status?: string;
  readonly code?: string;
  readonly text?: string;
  readonly findings?: readonly Finding[];
}

/** Has a function judged now. */
async function ask(watched: Watched, name: string): Promise<Answer> {
  return (await watched.invoke({ function: name })) as Answer;
}

/** The verdict, the concurrency and the tags of a function; what failed instead of the verdict. */
const look =
  (name: string) =>
  async (watched: Watched): Promise<string> => {
    const { errorMessage, status = "", code = "", text = "" } = await ask(watched, name);
    const concurrency = await watched.functions.concurrencyOf(name);
    const tags = await watched.functions.tagsOf(name);
    const tag = `${tags["fnseal:status"] ?? ""} ${tags["fnseal:reason"] ?? ""}`;
    return `${errorMessage ?? `${status} ${code}: ${text}`} | concurrency ${concurrency ?? "none"} | tag ${tag}`;
  };

/** Judged as it is, for the last time, before it is changed. */
const turned =
  (name: string, from: Buffer, to: Buffer) =>
  async (watched: Watched): Promise<void> => {
    await watched.functions.update(name, from);
    await ask(watched, name);
    await watched.functions.update(name, to);
  };
const turnedBad = (name: string) => turned(name, GOOD, BAD);
const turnedGood = (name: string) => turned(name, BAD, GOOD);

/** What can't be found out: it fails, and is tried again. */
const fails = (action: string, name = "plain"): Need => ({
  act: look(name),
  denied: new RegExp(`^[^|]*${action}`),
  allowed: /^verified /,
});
/** What trying again does not mend. */
const isUndecided = (action: string, name = "plain"): Need => ({
  act: look(name),
  denied: new RegExp(`^undecided [^|]*${action}`),
  allowed: /^verified /,
});

/** @returns "finished", and "unfinished" where no sweep that was asked for ends in time */
async function sweeps(watched: Watched, patienceMs: number, start: () => Promise<unknown>): Promise<string> {
  const before = await watched.state.sweepOf();
  await start();
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    await sleep(100);
    const now = await watched.state.sweepOf();
    const isAnother = before?.finishedAt === undefined || now?.id !== before.id;
    if (now?.finishedAt !== undefined && isAnother) return "finished";
  }
  return "unfinished";
}

const byOperator: Need = {
  act: (watched, patienceMs) =>
    sweeps(watched, patienceMs, () => watched.invoke({ sweep: true }, "operator")),
  denied: /^unfinished$/,
  allowed: /^finished$/,
};
const byMessage: Need = {
  ...byOperator,
  act: (watched, patienceMs) =>
    sweeps(watched, patienceMs, () => {
      const MessageBody = JSON.stringify({ sweep: true });
      const QueueUrl = watched.outputs.sweepQueueUrl;
      return new SQSClient(watched.emulator.config()).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }),
};

const commanding = (payload: object, action: string): Need => ({
  act: async (watched) => JSON.stringify(await watched.invoke(payload, "operator")),
  denied: new RegExp(action),
  allowed: /"done":/,
});

/** A call of the verifier's role that it knows nothing of: it comes again twice before it is told. */
async function comesAgain(watched: Watched, patienceMs: number): Promise<string> {
  const id = randomUUID();
  const { emulator, outputs, functions } = watched;
  await watched.queues.deliver(
    JSON.stringify({
      ...{ version: "0", id, "detail-type": "AWS API Call via CloudTrail", source: "aws.lambda" },
      ...{ account: emulator.accountId, region: "us-east-1", time: new Date().toISOString(), resources: [] },
      detail: {
        eventVersion: "1.11",
        ...{
          eventSource: "lambda.amazonaws.com",
          eventName: "TagResource20170331v2",
          awsRegion: "us-east-1",
        },
        ...{
          eventID: id,
          requestID: id,
          recipientAccountId: emulator.accountId,
          sourceIPAddress: "127.0.0.1",
        },
        userIdentity: {
          type: "AssumedRole",
          accountId: emulator.accountId,
          arn: `${outputs.roleArn}/thief`,
          sessionContext: { sessionIssuer: { type: "Role", arn: outputs.roleArn } },
        },
        requestParameters: { resource: functions.arnOf("plain") },
      },
    }),
  );
  const isTold = watched.notices.wait(({ change }) => change?.eventId === id, { timeoutMs: patienceMs });
  return isTold.then(() => "again").catch(() => "not again");
}

/** Whether what the verifier writes comes into its log. */
async function logs(watched: Watched): Promise<string> {
  const client = new CloudWatchLogsClient(watched.emulator.config());
  const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: "watch-log" });
  const logGroupName = (await client.send(asked)).logGroups?.[0]?.logGroupName;
  const count = async (): Promise<number> =>
    (await client.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }))).events?.length ?? 0;
  const before = await count();
  await watched.invoke({ nonsense: randomUUID() });
  return (await count()) > before ? "logged" : "silent";
}

const logging: Need = { act: logs, denied: /^silent$/, allowed: /^logged$/ };

/** By statement and action. `plain` is signed, `aliased` has a version and provisioned concurrency, `layered` a layer, `sealed` sealed values. */
export const NEEDS: Readonly<Record<string, Need>> = {
  "ReadFunctions lambda:GetFunction": fails("lambda:GetFunction"),
  "ReadFunctions lambda:ListTags": fails("lambda:ListTags"),
  "ReadFunctions lambda:ListVersionsByFunction": isUndecided("lambda:ListVersionsByFunction"),
  "ReadFunctions lambda:ListAliases": isUndecided("lambda:ListAliases", "aliased"),
  "ReadFunctions lambda:ListProvisionedConcurrencyConfigs": isUndecided(
    "lambda:ListProvisionedConcurrencyConfigs",
    "aliased",
  ),
  "ReadLayers lambda:GetLayerVersion": isUndecided("lambda:GetLayerVersion", "layered"),
  "VerifyConfiguration kms:VerifyMac": isUndecided("kms:VerifyMac", "sealed"),
  "ListEverything lambda:ListEventSourceMappings": isUndecided("lambda:ListEventSourceMappings"),
  "ListEverything lambda:ListFunctions": byOperator,
  "FindBundles s3:ListBucket": isUndecided("s3:ListBucket"),
  "ReadBundles s3:GetObject": isUndecided("s3:GetObject"),
  "State dynamodb:GetItem": fails("dynamodb:GetItem"),
  "State dynamodb:PutItem": fails("dynamodb:PutItem"),
  "State dynamodb:BatchGetItem": byOperator,
  "State dynamodb:Query": commanding({ unblock: "all", ...WHY }, "dynamodb:Query"),
  "Receive sqs:ReceiveMessage": byMessage,
  "Receive sqs:DeleteMessage": byMessage,
  "Receive sqs:GetQueueAttributes": byMessage,
  "Receive sqs:ChangeMessageVisibility": { act: comesAgain, denied: /^not again$/, allowed: /^again$/ },
  "NextPage sqs:SendMessage": commanding({ sweep: true }, "sqs:SendMessage"),
  "Log logs:CreateLogStream": logging,
  "Log logs:PutLogEvents": logging,
  "Notify sns:Publish": { ...fails("sns:Publish", "moving"), prepare: turnedGood("moving") },
  "Tell events:PutEvents": { ...fails("events:PutEvents", "moving"), prepare: turnedGood("moving") },
  "Detect lambda:TagResource": {
    prepare: turnedBad("moving"),
    act: look("moving"),
    denied: /^rejected .*\| tag verified $/,
    allowed: /^rejected .*\| tag blocked bundle-not-found$/,
  },
  "Detect lambda:UntagResource": {
    prepare: turnedGood("moving"),
    act: look("moving"),
    denied: /^verified .*\| tag \w+ bundle-not-found$/,
    allowed: /^verified .*\| tag verified $/,
  },
  "Block lambda:GetFunctionConcurrency": {
    ...fails("lambda:GetFunctionConcurrency", "moving"),
    prepare: turnedGood("moving"),
  },
  "Block lambda:PutFunctionConcurrency": {
    prepare: turnedBad("moving"),
    act: look("moving"),
    denied: /^[^|]*lambda:PutFunctionConcurrency.*\| concurrency none/,
    allowed: /^rejected .*\| concurrency 0/,
  },
  "Block lambda:DeleteFunctionConcurrency": {
    prepare: turnedGood("moving"),
    act: look("moving"),
    denied: /^[^|]*lambda:DeleteFunctionConcurrency.*\| concurrency 0/,
    allowed: /^verified .*\| concurrency none/,
  },
  "Block lambda:DeleteProvisionedConcurrencyConfig": {
    prepare: turnedBad("aliased"),
    act: look("aliased"),
    denied: /^[^|]*lambda:DeleteProvisionedConcurrencyConfig.*\| concurrency none/,
    allowed: /^rejected .*\| concurrency 0/,
  },
  "Block lambda:PutProvisionedConcurrencyConfig": {
    ...fails("lambda:PutProvisionedConcurrencyConfig", "aliased"),
    prepare: turnedGood("aliased"),
  },
  "ExplainBlocks lambda:ListFunctionEventInvokeConfigs": {
    act: async (watched) => {
      await turnedBad("moving")(watched);
      const { findings = [] } = await ask(watched, "moving");
      return findings.flatMap(({ stops }) => stops).join("\n");
    },
    denied: /they are lost unless/,
    allowed: /they are lost: it has neither/,
  },
};
