import { CloudTrailClient, DescribeTrailsCommand, GetTrailStatusCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetBucketEncryptionCommand, GetObjectLockConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { type Installation, newInstallation, POLICY_FILE } from "./support/installed.ts";
import { stateOf } from "./support/state.ts";
import { until } from "./support/until.ts";

/** One component with everything that it can make, and one that is given what it can be given. */
const PROGRAM = `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const { RuntimeVerifier } = require("@fnseal/provider");
const key = new aws.kms.Key("key", {});
const codeKey = new aws.kms.Key("code", {});
const boundary = new aws.iam.Policy("boundary", { policy: JSON.stringify({
  Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
}) });
const made = new RuntimeVerifier("made", {
  trustPolicy: "${POLICY_FILE}",
  actions: ["detect", "notify", "block"],
  breaker: { blocksPerHour: 2 },
  scope: { include: ["*"], exclude: ["sandbox-*"], tags: {} },
  regions: ["us-east-1", "eu-west-1"],
  schedule: "cron(0 3 * * ? *)",
  budget: { getFunctionPerSecond: 10, othersPerSecond: 2 },
  logRetentionDays: 30,
  bucketKmsKeyArn: key.arn,
  objectLock: { mode: "GOVERNANCE", days: 7 },
  codeKmsKeyArns: [codeKey.arn],
  permissionsBoundary: boundary.arn,
  rolePath: "/security/",
  tags: { team: "security" },
  trail: true,
  namePrefix: "acme-made",
});
const topic = new aws.sns.Topic("alerts", {});
const bucket = new aws.s3.Bucket("bundles", {});
const given = new RuntimeVerifier("given", {
  trustPolicy: "${POLICY_FILE}", regions: ["us-east-1"], topicArn: topic.arn, bucket: bucket.bucket,
});
exports.key = key.arn;
exports.codeKey = codeKey.arn;
exports.boundary = boundary.arn;
exports.topic = topic.arn;
exports.bucket = bucket.bucket;
for (const name of ["functionName", "tableName", "bucketName", "topicArn"]) {
  exports["made-" + name] = made[name];
  exports["given-" + name] = given[name];
}
`;

jest.setTimeout(300_000);

describe("RuntimeVerifier with every argument, on AWS's API", () => {
  let installed: Installation;
  let outputs: Readonly<Record<string, string>>;
  const named = (name: string): string => outputs[name] ?? `no output ${name}`;

  beforeAll(async () => {
    installed = await newInstallation({ program: PROGRAM });
    const up = await installed.run("up");
    if (up.exitCode !== 0) throw new Error(`${up.stdout}\n${up.stderr}`);
    outputs = await installed.outputs();
  });
  afterAll(() => installed.remove());

  test.each(["made", "given"])("%s is at work: it has swept", async (which) => {
    const state = stateOf(installed.emulator, named(`${which}-tableName`));
    const sweep = await until("the first sweep", async () => {
      const present = await state.sweepOf();
      return present?.finishedAt === undefined ? undefined : present;
    });
    expect(sweep.tally.counts["failed"]).toBeUndefined();
  });

  test("bundles are locked, and encrypted with the key that was named", async () => {
    const s3 = new S3Client({ ...installed.emulator.config(), forcePathStyle: true });
    s3.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-forwarded-proto"] = "https";
        return next(args);
      },
      { step: "build" },
    );
    const Bucket = named("made-bucketName");
    const lock = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(lock.ObjectLockConfiguration).toMatchObject({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 7 } },
    });
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
    expect(rule?.ApplyServerSideEncryptionByDefault).toMatchObject({
      SSEAlgorithm: "aws:kms",
      KMSMasterKeyID: named("key"),
    });
  });

  test("every role has the path and the boundary; keys may be used as far as they are named", async () => {
    const iam = new IAMClient(installed.emulator.config());
    const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/security/" }));
    // ListRoles leaves the boundary out.
    const bounds = await Promise.all(
      Roles.map(async ({ RoleName: name }) => {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
        return Role?.PermissionsBoundary?.PermissionsBoundaryArn;
      }),
    );
    expect(bounds).toEqual([named("boundary"), named("boundary")]);
    const RoleName = Roles.map(({ RoleName: name = "" }) => name).find((name) => name.includes("verifier"));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const policies = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return decodeURIComponent(PolicyDocument);
      }),
    );
    const statements = policies.flatMap(
      (policy) => (JSON.parse(policy) as { Statement: { Sid: string; Resource: unknown }[] }).Statement,
    );
    const resourceOf = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Resource;
    expect([resourceOf("DecryptBundles"), resourceOf("DecryptCode")].flat()).toEqual([
      named("key"),
      named("codeKey"),
    ]);
  });

  test("the trail logs in all regions, the sweep has its schedule, the log its end", async () => {
    const config = installed.emulator.config();
    const trails = new CloudTrailClient(config);
    const { trailList = [] } = await trails.send(new DescribeTrailsCommand({}));
    expect(trailList).toMatchObject([{ Name: "acme-made-trail", IsMultiRegionTrail: true }]);
    const status = await trails.send(new GetTrailStatusCommand({ Name: "acme-made-trail" }));
    expect(status.IsLogging).toBe(true);
    const { Rules = [] } = await new EventBridgeClient(config).send(
      new ListRulesCommand({ NamePrefix: "acme-made-sweep" }),
    );
    expect(Rules.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual(["cron(0 3 * * ? *)"]);
    const { logGroups = [] } = await new CloudWatchLogsClient(config).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: "acme-made" }),
    );
    expect(logGroups.map(({ retentionInDays }) => retentionInDays)).toEqual([30]);
  });

  test("what was given is used, and none of it is made", async () => {
    expect([named("given-topicArn"), named("given-bucketName")]).toEqual([named("topic"), named("bucket")]);
    const { Configuration } = await new LambdaClient(installed.emulator.config()).send(
      new GetFunctionCommand({ FunctionName: named("given-functionName") }),
    );
    expect(Configuration?.Environment?.Variables).toMatchObject({
      FNSEAL_BUCKET: named("bucket"),
      FNSEAL_TOPIC_ARN: named("topic"),
    });
  });
});
