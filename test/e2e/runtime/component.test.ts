import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { DeleteRolePolicyCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import { GetBucketVersioningCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { findingSchema } from "../../../verifier/src/model/finding.ts";
import type { SweepState } from "../../../verifier/src/sweep/state.ts";
import { stateOf } from "./support/state.ts";
import { changesOf, countsOf } from "./support/changes.ts";
import { type Inbox, subscribe } from "./support/inbox.ts";
import { until } from "./support/until.ts";
import { type Installation, newInstallation, POLICY_FILE, policyText } from "./support/installed.ts";

const PROGRAM = `
const { RuntimeVerifier } = require("@fnseal/provider");
const watch = new RuntimeVerifier("watch", {
  trustPolicy: "${POLICY_FILE}",
  regions: ["us-east-1", "eu-west-1"],
  tags: { team: "security" },
});
for (const name of ["functionName", "tableName", "bucketName", "topicArn", "roleArn"]) exports[name] = watch[name];
`;

jest.setTimeout(300_000);

describe("a program with RuntimeVerifier, on AWS's API", () => {
  let installed: Installation;
  let outputs: Readonly<Record<string, string>>;
  let inbox: Inbox;
  const named = (name: string): string => outputs[name] ?? `no output ${name}`;

  beforeAll(async () => {
    installed = await newInstallation({ program: PROGRAM });
    const first = await installed.run("up");
    if (first.exitCode !== 0) throw new Error(`${first.stdout}\n${first.stderr}`);
    outputs = await installed.outputs();
    inbox = await subscribe(installed.emulator, named("topicArn"));
  });
  afterAll(() => installed.remove());

  const first = new Map<string, string>();
  /** @param but the one before */
  function finishedSweep(region: string, but?: string): Promise<SweepState> {
    return until(`the sweep of ${region}`, async () => {
      const sweep = await stateOf(installed.emulator, named("tableName")).sweepOf(region);
      return sweep?.finishedAt !== undefined && sweep.id !== but ? sweep : undefined;
    });
  }

  /** The finding about a call, as it reached the topic: what does not parse is no finding. */
  async function told(event: string): Promise<ReturnType<typeof findingSchema.parse>> {
    const message = await inbox.wait((text) => text.includes(`called ${event} (`));
    return findingSchema.parse(JSON.parse(message));
  }

  test("sweeps every region by itself, quietly", async () => {
    for (const region of ["us-east-1", "eu-west-1"]) {
      const sweep = await finishedSweep(region);
      first.set(region, sweep.id);
      expect(sweep).toMatchObject({ first: true, isQuiet: true });
    }
  });

  test("is installed once: the next `up` finds nothing to do", async () => {
    const again = await installed.run("up");
    expect(again.exitCode).toBe(0);
    expect(Object.keys(countsOf(again))).toEqual(["same"]);
  });

  test("a new trust policy updates the function in place, and nothing else", async () => {
    writeFileSync(join(installed.project.folder, POLICY_FILE), policyText());
    expect(changesOf(await installed.run("up"))).toEqual([
      "update aws:lambda/function:Function watch-verifier",
    ]);
  });

  test("it sweeps by itself with the new trust policy, as quietly", async () => {
    for (const region of ["us-east-1", "eu-west-1"]) {
      const second = await finishedSweep(region, first.get(region));
      expect(second).toMatchObject({ first: false, isQuiet: true });
    }
  });

  test("a trust policy that blocks gives the role what a block takes", async () => {
    const blocking = policyText({ runtime: { actions: ["block"] } });
    writeFileSync(join(installed.project.folder, POLICY_FILE), blocking);
    expect(changesOf(await installed.run("up"))).toEqual([
      // The old ones go when all else is done: blocks are lifted by them where the new ones have no levers.
      "create-replacement aws:iam/rolePolicy:RolePolicy watch-levers",
      "delete-replaced aws:iam/rolePolicy:RolePolicy watch-levers",
      "replace aws:iam/rolePolicy:RolePolicy watch-levers",
      "update aws:lambda/function:Function watch-verifier",
      "update aws:lambda/invocation:Invocation watch-uninstall",
    ]);
  });

  test("a wrong trust policy stops the update before anything is changed", async () => {
    writeFileSync(join(installed.project.folder, POLICY_FILE), policyText({ signedBy: "nobody" }));
    const wrong = await installed.run("up");
    expect(wrong.exitCode).not.toBe(0);
    expect(wrong.stdout + wrong.stderr).toContain(
      `RuntimeVerifier "watch": trustPolicy.rules[0].signedBy: "nobody" is none of the authorities (ci)`,
    );
    expect(changesOf(wrong)).toEqual([]);
  });

  test("an argument that is only known later is checked then", async () => {
    const program = join(installed.project.folder, "index.js");
    const late = 'logRetentionDays: require("@pulumi/pulumi").output(8), tags:';
    writeFileSync(join(installed.project.folder, POLICY_FILE), policyText());
    writeFileSync(program, PROGRAM.replace("tags:", late));
    const { exitCode, stdout, stderr } = await installed.run("preview");
    writeFileSync(program, PROGRAM);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('RuntimeVerifier "watch": logRetentionDays: must be one of 1, 3');
  });

  test("stopping the verifier is told without it", async () => {
    const lambda = new LambdaClient(installed.emulator.config());
    const FunctionName = named("functionName");
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    expect(await told("PutFunctionConcurrency20171031")).toMatchObject({
      kind: "tamper",
      account: installed.emulator.accountId,
      region: "us-east-1",
      change: { event: "PutFunctionConcurrency20171031", from: "127.0.0.1" },
    });
    // It has to run when it is uninstalled.
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  });

  test("taking the role's permissions is told", async () => {
    const iam = new IAMClient(installed.emulator.config());
    const { Roles = [] } = await iam.send(new ListRolesCommand({}));
    const role = Roles.find(({ Arn }) => Arn === named("roleArn"));
    const tried = iam.send(new DeleteRolePolicyCommand({ RoleName: role?.RoleName, PolicyName: "none" }));
    // Even where AWS refuses it: somebody tried.
    await expect(tried).rejects.toThrow();
    expect((await told("DeleteRolePolicy")).text).toContain("NoSuchEntity");
  });

  test("what is done to rules in another region is told in the home region", async () => {
    const events = new EventBridgeClient(installed.emulator.config("eu-west-1"));
    const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: "watch-watch-eu-west-1" }));
    await events.send(new RemoveTargetsCommand({ Rule: Rules[0]?.Name, Ids: ["fnseal"] }));
    expect(await told("RemoveTargets")).toMatchObject({ kind: "tamper", region: "eu-west-1" });
  });

  // Last, for it ends what the others need.
  test("destroy leaves the state table and the bundle bucket, and nothing else", async () => {
    writeFileSync(join(installed.project.folder, POLICY_FILE), policyText());
    const { exitCode } = await installed.run("destroy");
    expect(exitCode).toBe(0);
    const config = installed.emulator.config();
    const elsewhere = installed.emulator.config("eu-west-1");
    const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;
    const left = {
      functions: count((await new LambdaClient(config).send(new ListFunctionsCommand({}))).Functions),
      topics: count((await new SNSClient(config).send(new ListTopicsCommand({}))).Topics),
      rules: count((await new EventBridgeClient(config).send(new ListRulesCommand({}))).Rules),
      rulesElsewhere: count((await new EventBridgeClient(elsewhere).send(new ListRulesCommand({}))).Rules),
      buses: (await new EventBridgeClient(config).send(new ListEventBusesCommand({}))).EventBuses?.map(
        ({ Name }) => Name,
      ),
      queues: (await new SQSClient(config).send(new ListQueuesCommand({}))).QueueUrls?.map((url) =>
        url.split("/").pop(),
      ),
      queuesElsewhere: count((await new SQSClient(elsewhere).send(new ListQueuesCommand({}))).QueueUrls),
      roles: (await new IAMClient(config).send(new ListRolesCommand({}))).Roles?.filter(({ RoleName = "" }) =>
        RoleName.startsWith("watch-"),
      ).length,
      tables: (await new DynamoDBClient(config).send(new ListTablesCommand({}))).TableNames,
    };
    expect(left).toEqual({
      functions: 0,
      topics: 0,
      rules: 0,
      rulesElsewhere: 0,
      buses: ["default"],
      queues: ["inbox"],
      queuesElsewhere: 0,
      roles: 0,
      tables: [named("tableName")],
    });
  });

  test("what is left is still guarded against being lost", async () => {
    const config = installed.emulator.config();
    const { Table } = await new DynamoDBClient(config).send(
      new DescribeTableCommand({ TableName: named("tableName") }),
    );
    expect(Table?.DeletionProtectionEnabled).toBe(true);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    const asRoot = { Bucket: named("bucketName") };
    s3.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-forwarded-proto"] = "https";
        return next(args);
      },
      { step: "build" },
    );
    await s3.send(new HeadBucketCommand(asRoot));
    expect((await s3.send(new GetBucketVersioningCommand(asRoot))).Status).toBe("Enabled");
  });
});
