import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import type { Target } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { zipOf } from "../../e2e/support/zip.ts";
import { type ClientConfig, HOME_REGION } from "./clients.ts";
import type { Emulator } from "./start.ts";

/** A statement of an IAM policy. */
export interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Queue {
  url: string;
  arn: string;
}

const policy = (statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Creates a role that functions, EventBridge and everyone in the account may assume; answers with its ARN. */
export async function createRole(
  config: ClientConfig,
  name: string,
  statements: readonly Statement[],
): Promise<string> {
  const client = new IAMClient(config);
  const trusted = { AWS: "*", Service: ["lambda.amazonaws.com", "events.amazonaws.com"] };
  const trust = policy([{ Effect: "Allow", Principal: trusted, Action: "sts:AssumeRole" }]);
  const created = await client.send(
    new CreateRoleCommand({ RoleName: name, Path: "/tests/", AssumeRolePolicyDocument: trust }),
  );
  if (statements.length > 0) {
    const document = policy(statements);
    await client.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: "own", PolicyDocument: document }),
    );
  }
  return created.Role?.Arn ?? "";
}

/** Creates a queue to which EventBridge and SNS may deliver. */
export async function createQueue(
  config: ClientConfig,
  name: string,
  attributes: Record<string, string> = {},
): Promise<Queue> {
  const client = new SQSClient(config);
  const { QueueUrl: url = "" } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const arn = (await client.send(asked)).Attributes?.QueueArn ?? "";
  const Principal = { Service: ["events.amazonaws.com", "sns.amazonaws.com"] };
  const Policy = policy([{ Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: arn }]);
  await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
  return { url, arn };
}

/** A rule on a bus, the default one where none is named, that sends what matches to one target. */
export async function createRule(
  config: ClientConfig,
  name: string,
  match: { pattern: object; bus?: string } | { schedule: string },
  target: Omit<Target, "Id">,
): Promise<void> {
  const client = new EventBridgeClient(config);
  const bus = "pattern" in match && match.bus !== undefined ? { EventBusName: match.bus } : {};
  const when =
    "pattern" in match
      ? { EventPattern: JSON.stringify(match.pattern) }
      : { ScheduleExpression: match.schedule };
  await client.send(new PutRuleCommand({ Name: name, ...bus, ...when }));
  const Targets: Target[] = [{ ...target, Id: "target", Arn: target.Arn }];
  await client.send(new PutTargetsCommand({ Rule: name, ...bus, Targets }));
}

/** Creates a function of one file, `exports.handler = …`, with everything else as given. */
export async function createFunction(
  config: ClientConfig,
  name: string,
  role: string,
  code: string,
  more: { Environment?: { Variables: Record<string, string> }; Timeout?: number } = {},
): Promise<void> {
  const ZipFile = zipOf({ "index.js": code });
  const shape = { Runtime: "nodejs22.x", Handler: "index.handler", Role: role } as const;
  const command = new CreateFunctionCommand({ FunctionName: name, ...shape, Code: { ZipFile }, ...more });
  await new LambdaClient(config).send(command);
}

/**
 * Copies of a function that was created, `PREFIX0` and so on: a thousand at once, without an event of CloudTrail.
 *
 * @throws Error where there is no such function
 */
export async function copyFunction(
  emulator: Pick<Emulator, "endpoint" | "accountId">,
  of: string,
  { prefix, count, region = HOME_REGION }: { prefix: string; count: number; region?: string },
): Promise<void> {
  const wanted = { of, prefix, count, region, account: emulator.accountId };
  const answer = await fetch(`${emulator.endpoint}/_fnseal/copies`, {
    method: "POST",
    body: JSON.stringify(wanted),
  });
  if (!answer.ok) throw new Error(`no function ${of}: status ${answer.status}`);
  await answer.text();
}

export interface Planted {
  /** How a download of it goes; `planted.py` says what each is. `whole` by default. */
  readonly manner?: "whole" | "cut" | "other" | "endless" | "slow" | "huge";
  /** Bytes that AWS says it has. */
  readonly size?: number;
  readonly region?: string;
}

/** Gives a function code that Lambda itself would not take, without an event. @throws Error where there is none */
export async function plantCode(
  emulator: Pick<Emulator, "endpoint" | "accountId">,
  of: string,
  code: Buffer,
  { region = HOME_REGION, ...planted }: Planted = {},
): Promise<void> {
  const wanted = { of, zip: code.toString("base64"), region, account: emulator.accountId, ...planted };
  const answer = await fetch(`${emulator.endpoint}/_fnseal/planted`, {
    method: "POST",
    body: JSON.stringify(wanted),
  });
  if (!answer.ok) throw new Error(`code of ${of} was not planted: status ${answer.status}`);
  await answer.text();
}

/** Takes messages off a queue until one is as wanted, or fails after `seconds` with those that came. */
export async function receiveUntil<Body>(
  config: ClientConfig,
  queue: Queue,
  wanted: (body: Body) => boolean,
  seconds = 10,
): Promise<Body> {
  const client = new SQSClient(config);
  const until = Date.now() + seconds * 1000;
  const seen: unknown[] = [];
  while (Date.now() < until) {
    const asked = { QueueUrl: queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(asked));
    for (const { Body = "null", ReceiptHandle } of Messages) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
      const body = JSON.parse(Body) as Body;
      seen.push(body);
      if (wanted(body)) return body;
    }
  }
  throw new Error(`not within ${seconds} s; there came ${JSON.stringify(seen, undefined, 1)}`);
}
