import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Emulator } from "../../../support/emulator.ts";
import { HOME_REGION } from "../../../support/emulator/clients.ts";
import { createQueue, createRole, createRule } from "../../../support/emulator/resources.ts";
import type { Result } from "../../../support/engine.ts";
import { newSigner, type Signer } from "../../support/signing.ts";
import { type Functions, functionsOf } from "./functions.ts";
import { type Inbox, openInbox, subscribe } from "./inbox.ts";
import { type Installation, newInstallation, POLICY_FILE } from "./installed.ts";
import { type Notices, noticesOf } from "./notices.ts";
import { type Queues, queuesOf } from "./queues.ts";
import { type State, stateOf } from "./state.ts";
import { until } from "./until.ts";

const OUTPUTS = [
  "functionName",
  "functionArn",
  "operatorArn",
  "roleArn",
  "topicArn",
  "bucketName",
  "tableName",
  "busArn",
  "eventQueueUrl",
  "eventDeadLetterQueueUrl",
  "sweepQueueUrl",
  "sweepDeadLetterQueueUrl",
] as const;

export type Outputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

export interface WatchOptions {
  /** The component's arguments besides the trust policy: `regions` (the home region alone), `actions`, `scope`, … */
  readonly args?: Readonly<Record<string, unknown>> & { readonly regions?: readonly string[] };
  /** Members of the one rule; it is for all functions and layers, wants `ci`'s signature and asks for all three actions. */
  readonly rule?: object;
  /** Members of the trust policy besides its rule and authority. */
  readonly policy?: object;
  /** Whether the account, still without functions, was swept once: before that nothing is blocked. */
  readonly isBaselined?: boolean;
  /** Makes what the account has before the verifier is installed. */
  readonly before?: (emulator: Emulator) => Promise<unknown>;
}

/** The verifier as the component installs it through the engine, with IAM enforcement, and who deals with it. */
export interface Watched {
  readonly installation: Installation;
  readonly emulator: Emulator;
  /** The component's. */
  readonly outputs: Outputs;
  /** Whom the trust policy trusts. */
  readonly ci: Signer;
  readonly functions: Functions;
  readonly state: State;
  readonly queues: Queues;
  /** What people were told. */
  readonly notices: Notices;
  /** Each event of Lambda on the home region's default bus, as EventBridge gives it to rules. */
  readonly trail: Inbox;
  /** Sweeps every region, and waits until all are done. The summaries are among the notices. */
  readonly sweep: (timeoutMs?: number) => Promise<void>;
  /** Invokes the verifier by hand. @param qualifier `operator` for commands */
  readonly invoke: (payload: unknown, qualifier?: string) => Promise<unknown>;
  /** From now on a new process of the verifier works: what one keeps in its memory is gone. */
  readonly restart: () => Promise<void>;
  /** Runs `pulumi up` with another trust policy. */
  readonly setPolicy: (options: Pick<WatchOptions, "rule" | "policy">) => Promise<Result>;
  /** Runs `pulumi up` with these arguments besides those that it was installed with. */
  readonly setArgs: (more: Readonly<Record<string, unknown>>) => Promise<Result>;
  readonly remove: () => Promise<void>;
}

/** Installs it on an emulator of its own: some 20 seconds, so one for a file. To be removed in `afterAll`. */
export async function newWatched(options: WatchOptions = {}): Promise<Watched> {
  const ci = newSigner();
  const args = { regions: [HOME_REGION], ...options.args };
  const program = programOf(args);
  const files = { [POLICY_FILE]: policyText(ci, options) };
  const installation = await newInstallation({ program, files }, "direct");
  try {
    await options.before?.(installation.emulator);
    const up = await installation.run("up");
    if (up.exitCode !== 0) throw new Error(`${up.stdout}\n${up.stderr}`);
    const watched = await watch(installation, ci, args);
    if (options.isBaselined !== false) await watched.sweep();
    return watched;
  } catch (thrown) {
    await installation.remove();
    throw thrown;
  }
}

function programOf(args: object): string {
  return `
const { RuntimeVerifier } = require("@fnseal/provider");
const watch = new RuntimeVerifier("watch", ${JSON.stringify({ trustPolicy: POLICY_FILE, ...args })});
for (const name of ${JSON.stringify(OUTPUTS)}) exports[name] = watch[name];
`;
}

function policyText(ci: Signer, { rule, policy }: Pick<WatchOptions, "rule" | "policy">): string {
  const runtime = { actions: ["detect", "notify", "block"] };
  const rules = [{ name: "signed", signedBy: "ci", runtime, ...rule }];
  return JSON.stringify({ version: 1, authorities: { ci: { key: ci.publicPem } }, rules, ...policy });
}

async function watch(
  installation: Installation,
  ci: Signer,
  args: { readonly regions: readonly string[] },
): Promise<Watched> {
  const { regions } = args;
  const { emulator } = installation;
  const config = emulator.config();
  const outputs = (await installation.outputs()) as Outputs;
  const roleArn = await createRole(config, "runs", []);
  const functions = functionsOf(emulator, { roleArn, bucket: outputs.bucketName, ci });
  const state = stateOf(emulator, outputs.tableName);
  const notices = noticesOf(await subscribe(emulator, outputs.topicArn, "people"));
  const tap = await createQueue(config, "trail");
  await createRule(config, "trail", { pattern: { source: ["aws.lambda"] } }, { Arn: tap.arn });

  async function invoke(payload: unknown, Qualifier?: string): Promise<unknown> {
    const { Payload } = await functions.client().send(
      new InvokeCommand({
        FunctionName: outputs.functionName,
        ...(Qualifier === undefined ? {} : { Qualifier }),
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
    return JSON.parse(Buffer.from(Payload ?? []).toString("utf8")) as unknown;
  }

  async function restart(): Promise<void> {
    const FunctionName = outputs.functionName;
    const lambda = functions.client();
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, RESTARTED: new Date().toISOString() };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }

  /** @param but the sweep that is not meant */
  const finished = (region: string, but?: string, timeoutMs?: number): Promise<string> =>
    until(
      `the sweep of ${region}`,
      async () => {
        const sweep = await state.sweepOf(region);
        return sweep?.finishedAt !== undefined && sweep.id !== but ? sweep.id : undefined;
      },
      timeoutMs,
    );

  async function sweep(timeoutMs?: number): Promise<void> {
    const before = await Promise.all(
      regions.map(async (region) => {
        // One that runs answers nobody who asks for another.
        const known = await state.sweepOf(region);
        return known && finished(region, undefined, timeoutMs);
      }),
    );
    await invoke({ sweep: true }, "operator");
    await Promise.all(regions.map((region, index) => finished(region, before[index], timeoutMs)));
  }

  return {
    ...{ installation, emulator, outputs, ci, functions, state, notices, invoke, sweep, restart },
    queues: queuesOf(emulator, outputs),
    trail: openInbox(emulator, tap.url),
    setPolicy: (options) => {
      writeFileSync(join(installation.project.folder, POLICY_FILE), policyText(ci, options));
      return installation.run("up");
    },
    setArgs: (more) => {
      writeFileSync(join(installation.project.folder, "index.js"), programOf({ ...args, ...more }));
      return installation.run("up");
    },
    remove: installation.remove,
  };
}
