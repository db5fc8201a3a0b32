import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "../../bench/zipOf.ts";
import { subscribe } from "../../test/e2e/runtime/support/inbox.ts";
import { stateOf } from "../../test/e2e/runtime/support/state.ts";
import { until } from "../../test/e2e/runtime/support/until.ts";
import { type Emulator, startEmulator } from "../../test/support/emulator.ts";
import { newProject, type Project } from "../../test/support/engine.ts";
import { type Finding, findingSchema } from "../../verifier/src/model/finding.ts";
import { conclude, fnseal, indent, paint, prompt, say, title } from "./show.ts";

const PROGRAM = `
const aws = require("@pulumi/aws");
const { RuntimeVerifier, SignedFunction } = require("@fnseal/provider");

const trustPolicy = "fnseal/trust-policy.yaml";
const watch = new RuntimeVerifier("watch", {
  trustPolicy,
  regions: ["us-east-1"],
  actions: ["detect", "notify", "block"],
});
const role = new aws.iam.Role("orders", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new SignedFunction("orders", {
  trustPolicy,
  bucket: watch.bucketName,
  region: "us-east-1",
  name: "orders",
  code: "./orders.zip",
  role: role.arn,
  runtime: "nodejs24.x",
  handler: "index.handler",
});
exports.tableName = watch.tableName;
exports.functionName = watch.functionName;
exports.operatorArn = watch.operatorArn;
exports.topicArn = watch.topicArn;
`;

const SIGNED = "exports.handler = async () => 'signed';\n";
const INTRUDER = "exports.handler = async () => 'not yours';\n";

/** The verifier and a signed function are deployed; the code is replaced, found, blocked, told, and comes back. */
export async function showRuntime(): Promise<void> {
  const emulator = await startEmulator();
  const project = await newProject({ program: PROGRAM, name: "account", env: emulator.environment });
  try {
    await run(project, emulator);
  } finally {
    project.remove();
    await emulator.stop();
  }
}

async function run(project: Project, emulator: Emulator): Promise<void> {
  const { folder } = project;
  const lambda = new LambdaClient(emulator.config());
  writeFileSync(join(folder, "orders.zip"), zipOf({ "index.js": SIGNED }));

  title("Install the runtime verifier, and deploy a signed function with its bundle");
  fnseal(folder, ["init", "--no-install"]);
  fnseal(folder, ["sign", "orders.zip"]);
  prompt("pulumi up");
  const { exitCode, stdout, stderr } = await project.up({ timeoutMs: 300_000 });
  const shown = stdout.split("\n").filter((line) => /Resources:|^ +[+~-] \d+ /.test(line));
  say(indent(exitCode === 0 ? shown.join("\n") : `${stdout}${stderr}`));
  conclude(
    exitCode === 0,
    "the verifier waits: nothing was signed in the account, nothing is stopped by it.",
  );
  const outputs = JSON.parse(
    (await project.pulumi(["stack", "output", "--json", "--stack", "dev"])).stdout,
  ) as Record<string, string>;
  const inbox = await subscribe(emulator, outputs["topicArn"] ?? "");
  const told = async (isIt: (finding: Finding) => boolean): Promise<Finding> => {
    const isWanted = (message: string): boolean => {
      const finding = findingSchema.safeParse(JSON.parse(message));
      return finding.success && isIt(finding.data);
    };
    return findingSchema.parse(JSON.parse(await inbox.wait(isWanted, 60_000)));
  };
  const sweep = async (): Promise<Finding> => {
    prompt(
      "aws lambda invoke --function-name $(pulumi stack output operatorArn) --payload '{\"sweep\":true}' …",
    );
    await lambda.send(
      new InvokeCommand({ FunctionName: outputs["operatorArn"], Payload: JSON.stringify({ sweep: true }) }),
    );
    const summary = await told(({ kind }) => kind === "sweep");
    show(summary);
    return summary;
  };
  const deploy = (code: string): Promise<unknown> =>
    lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: zipOf({ "index.js": code }) }),
    );
  const concurrency = async (): Promise<number | undefined> =>
    (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: "orders" })))
      .ReservedConcurrentExecutions;

  title("The first sweep starts by itself: what is there is the baseline");
  const state = stateOf(emulator, outputs["tableName"] ?? "");
  const first = await until("the first sweep", async () => {
    const present = await state.sweepOf();
    return present?.finishedAt === undefined ? undefined : present;
  });
  // 3: the emulator has no trail, and that is said.
  fnseal(folder, ["status"], { ...emulator.environment, AWS_REGION: "us-east-1" }, [0, 3]);
  conclude(first.isQuiet, "everything was looked at once. What changes from now on may be stopped.");

  title("Somebody replaces the code, past Pulumi");
  prompt("aws lambda update-function-code --function-name orders --zip-file fileb://not-yours.zip");
  const started = Date.now();
  await deploy(INTRUDER);
  show(await told(({ kind, status }) => kind === "function" && status === "rejected"));
  const isStopped = (await concurrency()) === 0;
  conclude(
    isStopped,
    `found, blocked and told ${Date.now() - started} ms after the call: reserved concurrency is 0.`,
  );
  fnseal(folder, ["status", "orders"], { ...emulator.environment, AWS_REGION: "us-east-1" }, [0, 1]);

  title("The signed code comes back");
  prompt("aws lambda update-function-code --function-name orders --zip-file fileb://orders.zip");
  const signed = readFileSync(join(folder, "orders.zip"));
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: signed }));
  show(await told(({ kind, status }) => kind === "function" && status === "verified"));
  conclude((await concurrency()) === undefined, "unblocked: the concurrency from before is back.");

  title("A sweep finds nothing to do");
  const summary = await sweep();
  conclude(summary.counts?.["rejected"] === undefined, "every function runs what was signed.");
  rmSync(join(folder, "orders.zip"));
}

function show({ text }: Finding): void {
  say(paint(2, "    the notice:"));
  say(indent(text));
}
