import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import * as z from "zod";
import { startEmulator, startFaultProxy } from "../support/emulator.ts";
import type { ClientConfig, Emulator } from "../support/emulator.ts";
import {
  createFunction,
  createQueue,
  createRole,
  createRule,
  receiveUntil,
} from "../support/emulator/resources.ts";
import type { Queue } from "../support/emulator/resources.ts";

const SDK = join(import.meta.dirname, "../../node_modules/@aws-sdk/client-lambda");
const leftSchema = z.object({ pid: z.number(), folder: z.string() });

const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" } as const;
const CODE_CHANGED = { source: ["aws.lambda"], detail: { eventName: [{ prefix: "CreateFunction" }] } };

let emulator: Emulator;
let home: ClientConfig;
let admin: string;

beforeAll(async () => {
  emulator = await startEmulator();
  home = emulator.config();
  admin = await createRole(home, "admin", [EVERYTHING]);
}, 180_000);
afterAll(() => emulator.stop());

const map = (queue: Queue, name: string): Promise<unknown> =>
  new LambdaClient(home).send(
    new CreateEventSourceMappingCommand({ EventSourceArn: queue.arn, FunctionName: name }),
  );
const nameOf = async (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => "no error",
    (cause: unknown) => (cause instanceof Error ? cause.name : String(cause)),
  );
const invoke = async (name: string, event: object = {}): Promise<unknown> => {
  const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) });
  const { Payload } = await new LambdaClient(home).send(command);
  return JSON.parse(Buffer.from(Payload ?? []).toString());
};

describe("permissions", () => {
  /** A function that calls Lambda with whatever credentials it was given. */
  const CALLER = `const { LambdaClient, ListTagsCommand } = require(${JSON.stringify(SDK)});
    exports.handler = async ({ resource }) => {
      try {
        return Object.keys((await new LambdaClient().send(new ListTagsCommand({ Resource: resource }))).Tags);
      } catch (cause) {
        return cause.name;
      }
    };`;
  const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:${emulator.accountId}:function:${name}`;

  const narrow = (): string => `arn:aws:iam::${emulator.accountId}:role/tests/narrow`;

  test("a function acts as its execution role, and is denied what the role lacks", async () => {
    const role = await createRole(home, "narrow", [
      { Effect: "Allow", Action: "lambda:ListTags", Resource: arnOf("open-*") },
    ]);
    await createFunction(home, "caller", role, CALLER, { Timeout: 20 });
    await createFunction(home, "open-1", admin, "// code");
    await createFunction(home, "closed", admin, "// code");
    expect(await invoke("caller", { resource: arnOf("open-1") })).toEqual([]);
    expect(await invoke("caller", { resource: arnOf("closed") })).toBe("AccessDeniedException");
  });

  test("each call asks for its own action, on its own resource", async () => {
    const role = await createRole(home, "reader", [
      { Effect: "Allow", Action: "lambda:GetFunctionConcurrency", Resource: arnOf("closed") },
    ]);
    const reader = new LambdaClient(emulator.config("us-east-1", await emulator.asRole(role)));
    await reader.send(new GetFunctionConcurrencyCommand({ FunctionName: "closed" }));
    const put = new PutFunctionConcurrencyCommand({
      FunctionName: "closed",
      ReservedConcurrentExecutions: 0,
    });
    expect(await nameOf(reader.send(put))).toBe("AccessDeniedException");
    const other = new GetFunctionConcurrencyCommand({ FunctionName: "open-1" });
    expect(await nameOf(reader.send(other))).toBe("AccessDeniedException");
  });

  test("giving a function a role needs permission to pass it", async () => {
    const role = await createRole(home, "deployer", [
      { Effect: "Allow", Action: "lambda:CreateFunction", Resource: "*" },
      { Effect: "Allow", Action: "iam:PassRole", Resource: narrow() },
    ]);
    const deployer = emulator.config("us-east-1", await emulator.asRole(role));
    expect(await nameOf(createFunction(deployer, "mighty", admin, "// code"))).toBe("AccessDeniedException");
    await createFunction(deployer, "humble", narrow(), "// code");
  });

  test("a function's role must trust Lambda", async () => {
    const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    const command = new CreateRoleCommand({ RoleName: "foreign", AssumeRolePolicyDocument });
    const { Role } = await new IAMClient(home).send(command);
    const created = createFunction(home, "foreign", Role?.Arn ?? "", "// code");
    expect(await nameOf(created)).toBe("InvalidParameterValueException");
  });

  test("a bucket for TLS only can be used by whoever may", async () => {
    const s3 = new S3Client(home);
    await s3.send(new CreateBucketCommand({ Bucket: "store" }));
    await s3.send(new PutObjectCommand({ Bucket: "store", Key: "sha256/1", Body: "bundle" }));
    const Resource = ["arn:aws:s3:::store", "arn:aws:s3:::store/*"];
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    const Statement = [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource, Condition }];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket: "store", Policy }));
    const role = await createRole(home, "storeReader", [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::store/sha256/*" },
    ]);
    const reader = new S3Client(emulator.config("us-east-1", await emulator.asRole(role)));
    const read = (Key: string): Promise<unknown> =>
      reader.send(new GetObjectCommand({ Bucket: "store", Key }));
    await read("sha256/1");
    expect(await nameOf(read("dirHash/1"))).toBe("AccessDenied");
  });

  test("a session is known by its role's ARN, with the role's path", async () => {
    const allow = { Effect: "Allow", Action: "kms:DescribeKey", Resource: "*" } as const;
    const role = await createRole(home, "keyReader", [allow]);
    const bystander = await createRole(home, "bystander", [allow]);
    const statement = (Action: string, more: object): object => ({
      ...{ Effect: "Allow", Principal: { AWS: "*" }, Resource: "*", Action },
      ...more,
    });
    const Statement = [
      statement("kms:*", { Principal: { AWS: `arn:aws:iam::${emulator.accountId}:root` } }),
      statement("kms:DescribeKey", {
        Effect: "Deny",
        Condition: { ArnNotEquals: { "aws:PrincipalArn": role } },
      }),
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const { KeyMetadata } = await new KMSClient(home).send(new CreateKeyCommand({ Policy }));
    const describe = async (as: string): Promise<string> => {
      const client = new KMSClient(emulator.config("us-east-1", await emulator.asRole(as)));
      return nameOf(client.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.Arn })));
    };
    expect(await describe(role)).toBe("no error");
    expect(await describe(bystander)).toBe("AccessDeniedException");
  });

  test("a queue is not mapped to a function whose role may not read it", async () => {
    const unread = await createQueue(home, "unread");
    expect(await nameOf(map(unread, "caller"))).toBe("InvalidParameterValueException");
  });

  test("a rule delivers nothing to a bus without a role that may put events", async () => {
    const arrived = await createQueue(home, "unsent");
    const created = new CreateEventBusCommand({ Name: "guarded" });
    const { EventBusArn: bus = "" } = await new EventBridgeClient(home).send(created);
    await createRule(home, "guarded", { pattern: CODE_CHANGED, bus: "guarded" }, { Arn: arrived.arn });
    await createRule(home, "to-guarded", { pattern: CODE_CHANGED }, { Arn: bus, RoleArn: narrow() });
    await createFunction(home, "unseen", admin, "// code");
    await expect(receiveUntil(home, arrived, () => true, 1)).rejects.toThrow("there came []");
  });
});

test("a fault stands between client and emulator until it is cleared", async () => {
  const proxy = await startFaultProxy(emulator.endpoint);
  try {
    const client = new LambdaClient({ ...home, endpoint: proxy.endpoint, maxAttempts: 1 });
    const list = (): Promise<string> => nameOf(client.send(new ListFunctionsCommand({})));
    expect(await list()).toBe("no error");
    const error = { code: "TooManyRequestsException", status: 429 };
    await proxy.rules([{ service: "lambda", operation: "ListFunctions", error }]);
    expect(await list()).toBe("TooManyRequestsException");
    expect(await proxy.fired()).toBe(1);
    await proxy.clear();
    expect(await list()).toBe("no error");
  } finally {
    await proxy.stop();
  }
});

test("nothing is left when it is stopped: no process, no file", async () => {
  const other = await startEmulator();
  const config = other.config();
  const code = "exports.handler = async () => ({ pid: process.pid, folder: process.env.TMPDIR });";
  await createFunction(config, "left", await createRole(config, "admin", [EVERYTHING]), code);
  const { Payload } = await new LambdaClient(config).send(new InvokeCommand({ FunctionName: "left" }));
  const { pid, folder } = leftSchema.parse(JSON.parse(Buffer.from(Payload ?? []).toString()));
  expect(existsSync(folder)).toBe(true);
  await other.stop();
  expect(existsSync(folder)).toBe(false);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  await expect(fetch(other.endpoint)).rejects.toThrow();
});

test("it ends with the process that started it, even one that was killed", async () => {
  const script = `
    const { startEmulator } = await import(${JSON.stringify(join(import.meta.dirname, "../support/emulator.ts"))});
    const { endpoint } = await startEmulator();
    console.log(endpoint);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(parent.stdout, "data"));
  const endpoint = line.toString().trim();
  expect((await fetch(`${endpoint}/_ministack/health`)).ok).toBe(true);
  parent.kill("SIGKILL");
  await expect(untilRefused(endpoint)).resolves.toBeUndefined();
});

async function untilRefused(endpoint: string): Promise<void> {
  const until = Date.now() + 5000;
  while (Date.now() < until) {
    try {
      await (await fetch(`${endpoint}/_ministack/health`)).text();
    } catch {
      return;
    }
    await sleep(50);
  }
  throw new Error("it still serves");
}
