import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settled } from "./arguments/parse.ts";
import { DOCUMENTATION, settingsOf } from "./arguments/settings.ts";
import type { RuntimeVerifierArgs } from "./arguments/types.ts";
import { createAlarms } from "./parts/alarms.ts";
import { createBus } from "./parts/bus.ts";
import { createFarAlarms } from "./parts/farAlarms.ts";
import type { Context } from "./parts/context.ts";
import { createIntake } from "./parts/intake.ts";
import { createDeadLetters, letRulesSend } from "./parts/queue.ts";
import { createState } from "./parts/state.ts";
import { createTrail } from "./parts/trail.ts";
import { createVerifier, type Verifier } from "./parts/verifier.ts";
import { createOperatorAlias, createUninstaller } from "./parts/verifierFunction.ts";
import type { Own } from "./tamper/own.ts";
import { createTamperRules, guardedRegions } from "./tamper/rules.ts";
import type { ShippedPolicy } from "./trust/shipped.ts";

export interface Plan {
  readonly owner: string;
  /** As the program wrote them: what is there decides which resources there are. */
  readonly given: RuntimeVerifierArgs;
  readonly args: Settled;
  /** Home first. */
  readonly regions: readonly string[];
  readonly policy: pulumi.Output<ShippedPolicy>;
}

/** Creates everything, and returns what others may want to know of it. */
export function install(context: Context, plan: Plan) {
  const { given, args, regions, policy } = plan;
  const { home } = context;
  const state = createState(context, plan.owner, given, args);
  const settings = settingsOf(args, regions);
  const bus = createBus(context, args);
  const made = createVerifier(context, { args, regions, state, bus: bus.bus, policy, settings });
  const trailBucket = given.trail === true ? createTrail(context) : undefined;
  const guarded = guardedRegions(context, regions);
  const queues = new Map(
    guarded.map((region) => [region, createDeadLetters(context, `undelivered-${region}`, region)]),
  );
  const deadLetters = (region: string): aws.sqs.Queue => required(queues.get(region), region);
  const intake = createIntake(context, { ...bus, regions, ...made, schedule: args.schedule, deadLetters });
  const operator = createOperatorAlias(context, made.verifier, [...intake.ways, ...made.mappings]);
  const { events, sweep } = made;
  const homeQueues = [events.queue, events.dead, sweep.queue, sweep.dead].map(({ url }) => url);
  const tamper = createTamperRules(context, {
    own: ownOf(context, made, {
      ...state,
      roleNames: [made.role.name, bus.forwarder.name],
      buckets: [state.bucketName, ...(trailBucket === undefined ? [] : [trailBucket.bucket])],
      bucketKey: args.bucketKmsKeyArn,
    }),
    ...bus,
    regions,
    topicArn: state.topicArn,
    documentation: DOCUMENTATION,
    deadLetters,
    queueUrls: (region) => [deadLetters(region).url, ...(region === home ? homeQueues : [])],
  });
  const farAlarms = createFarAlarms(context, {
    ...bus,
    regions: guarded.filter((region) => region !== home),
    topicArn: state.topicArn,
    documentation: DOCUMENTATION,
    deadLetters,
  });
  const mayBeKept = guarded.map((region) => {
    const rules = [
      ...(farAlarms.get(region) ?? []),
      ...(intake.rules.get(region) ?? []),
      ...(tamper.get(region) ?? []),
    ];
    return letRulesSend(
      context,
      `undelivered-${region}`,
      deadLetters(region),
      region,
      rules.map(({ rule }) => rule.arn),
    );
  });
  const alarms = createAlarms(context, {
    ...made,
    undelivered: deadLetters(home),
    regions,
    schedule: args.schedule,
    topicArn: state.topicArn,
  });
  const guards = [...tamper.values(), ...farAlarms.values()].flat().map(({ target }) => target);
  createUninstaller(context, made, operator, [...guards, ...mayBeKept, ...alarms]);
  return { ...made, ...state, ...bus, settings, undelivered: undeliveredOf(queues) };
}

function ownOf(
  context: Context,
  { verifier, mappings, sealKey, logGroup }: Verifier,
  rest: Pick<Own, "topicArn" | "roleNames"> & {
    readonly table: aws.dynamodb.Table;
    readonly buckets: Own["bucketNames"];
    readonly bucketKey: pulumi.Output<string | undefined>;
  },
): Own {
  const keys = pulumi
    .all([sealKey.arn, rest.bucketKey])
    .apply(([seal, bucket]) =>
      [seal, bucket].flatMap((arn) => (arn === undefined ? [] : [arn, arn.slice(arn.lastIndexOf("/") + 1)])),
    );
  return {
    prefix: `${context.prefix}-`,
    functionName: verifier.name,
    functionArn: verifier.arn,
    mappingIds: mappings.map(({ uuid }) => uuid),
    roleNames: rest.roleNames,
    topicArn: rest.topicArn,
    tableName: rest.table.name,
    tableArn: rest.table.arn,
    bucketNames: rest.buckets,
    keys,
    logGroupName: logGroup.name,
    logGroupArn: logGroup.arn,
  };
}

function undeliveredOf(queues: ReadonlyMap<string, aws.sqs.Queue>): pulumi.Output<Record<string, string>> {
  return pulumi.output(Object.fromEntries([...queues].map(([region, { url }]) => [region, url])));
}

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`nothing was made for ${what}`);
  return value;
}
