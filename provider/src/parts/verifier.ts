import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settled } from "../arguments/parse.ts";
import type { ShippedPolicy } from "../trust/shipped.ts";
import { type Context, named } from "./context.ts";
import { createMapping } from "./mappings.ts";
import { trusting } from "./policy.ts";
import { createQueues, type QueuePair } from "./queue.ts";
import { allowRole, createRole } from "./roles.ts";
import { createSealKey } from "./seal.ts";
import type { State } from "./state.ts";
import { leverStatements, neverItself, statementsOf } from "./statements.ts";
import { createFunction, createLogGroup, TIMEOUT_SECONDS } from "./verifierFunction.ts";

/** After so many tries a message goes to its dead-letter queue. With the verifier's pauses between them about an hour. */
const MAX_RECEIVES = 10;
/**
 * Lambda refuses less than the function's timeout; a little more, for the time until a batch starts. What fails is made
 * visible again by the verifier itself, so AWS's advice of six times the timeout would only delay what was killed.
 */
const VISIBILITY_SECONDS = TIMEOUT_SECONDS + 60;

export interface VerifierParts {
  readonly args: Settled;
  readonly regions: readonly string[];
  readonly state: State;
  readonly bus: aws.cloudwatch.EventBus;
  readonly policy: pulumi.Output<ShippedPolicy>;
  readonly settings: pulumi.Output<{ readonly actions: readonly string[] }>;
}

/** The Lambda with what it reads from and what it is. */
export interface Verifier {
  readonly verifier: aws.lambda.Function;
  readonly role: aws.iam.Role;
  readonly sealKey: aws.kms.Key;
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly events: QueuePair;
  readonly sweep: QueuePair;
  readonly mappings: readonly aws.lambda.EventSourceMapping[];
  /** Whether a rule of the trust policy, or the verifier's own setting, ever asks for a block. */
  readonly mayBlock: pulumi.Output<boolean>;
}

/** Creates the verifier with its role, queues, key and log. */
export function createVerifier(context: Context, parts: VerifierParts): Verifier {
  const { args, state, bus, policy, settings } = parts;
  const limits = { visibilitySeconds: VISIBILITY_SECONDS, receives: MAX_RECEIVES };
  const events = createQueues(context, "events", limits);
  const sweep = createQueues(context, "sweep", limits);
  const logGroup = createLogGroup(context, args.logRetentionDays);
  // No condition: Lambda takes on a role only for functions of the role's own account.
  const role = createRole(context, "verifier", args, {
    description: "fnseal's verifier",
    trust: trusting("lambda.amazonaws.com"),
  });
  const sealKey = createSealKey(context, role.arn);
  const can = pulumi.all([policy, settings]).apply(([{ rulesCan }, { actions }]) => ({
    block: rulesCan.block || actions.includes("block"),
    detect: rulesCan.detect || actions.includes("detect"),
  }));
  const mayBlock = can.apply(({ block }) => block);
  const reach = {
    regions: parts.regions,
    tableArn: state.table.arn,
    bucketArn: state.bucketArn,
    topicArn: state.topicArn,
    busArn: bus.arn,
    eventQueueArn: events.queue.arn,
    sweepQueueArn: sweep.queue.arn,
    logGroupArn: logGroup.arn,
    bucketKmsKeyArn: args.bucketKmsKeyArn,
    codeKmsKeyArns: args.codeKmsKeyArns,
    configurationKeyArns: policy.apply(({ sealKeyArns }) => sealKeyArns),
    can,
  };
  const permissions = [
    allowRole(context, "verifier", role, statementsOf(context, reach)),
    allowRole(
      context,
      "levers",
      role,
      leverStatements(context, reach),
      // Under another name the levers go only when the uninstaller has lifted what is blocked.
      mayBlock.apply((may) => `${named(context, "levers")}-${may ? "may-block" : "no-block"}`),
    ),
  ];
  const verifier = createFunction(context, {
    role,
    permissions,
    logGroup,
    settings,
    trustPolicy: policy.apply(({ text }) => text),
    environment: {
      FNSEAL_TABLE: state.table.name,
      FNSEAL_BUCKET: state.bucketName,
      FNSEAL_TOPIC_ARN: state.topicArn,
      FNSEAL_BUS_NAME: bus.name,
      FNSEAL_EVENT_QUEUE_URL: events.queue.url,
      FNSEAL_SWEEP_QUEUE_URL: sweep.queue.url,
      FNSEAL_MAX_RECEIVES: String(MAX_RECEIVES),
      FNSEAL_SEAL_KEY_ARN: sealKey.arn,
      FNSEAL_ROLE_ARN: role.arn,
    },
  });
  allowRole(context, "never-itself", role, [neverItself(verifier.arn)]);
  const mappings = [
    createMapping(context, "events", verifier, events),
    createMapping(context, "sweep", verifier, sweep),
  ];
  return { verifier, role, sealKey, logGroup, events, sweep, mappings, mayBlock };
}
