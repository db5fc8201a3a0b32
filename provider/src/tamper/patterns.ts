import { interpolate, type Input, type Output } from "@pulumi/pulumi";
import type { Own } from "./own.ts";

/** An event pattern of EventBridge. */
export type Pattern = Readonly<Record<string, unknown>>;

/** One value of a pattern: exactly this, or what starts or ends with it. */
type Match = Input<string> | { readonly prefix: Input<string> } | { readonly suffix: Input<string> };

/** The values of a parameter, or of one within it. */
type Matches = readonly Match[] | Input<string[]>;

/** CloudTrail's calls of a service, where one of these parameters has one of these values. */
function calls(
  service: string,
  eventName: readonly Match[],
  parameters: Readonly<Record<string, Matches | Readonly<Record<string, Matches>>>>,
  sources: readonly string[] = [`aws.${service}`],
): Pattern {
  const alternatives = Object.entries(parameters).map(([name, values]) => ({
    requestParameters: { [name]: values },
  }));
  const [only] = alternatives;
  return {
    source: sources,
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventSource: [`${service}.amazonaws.com`],
      eventName,
      ...(alternatives.length > 1 ? { $or: alternatives } : only),
    },
  };
}

const starting = (...prefixes: readonly string[]): Match[] => prefixes.map((prefix) => ({ prefix }));

/** Whatever changes the function itself, its alias, its permissions or what invokes it. */
export function onFunction(own: Own): Pattern {
  const { functionName, functionArn } = own;
  const partialArn = functionArn.apply((arn) => arn.split(":").slice(4).join(":"));
  const byArn: Match[] = [functionArn, { prefix: interpolate`${functionArn}:` }];
  const function_: Match[] = [
    ...byArn,
    functionName,
    { prefix: interpolate`${functionName}:` },
    partialArn,
    { prefix: interpolate`${partialArn}:` },
  ];
  return calls(
    "lambda",
    starting("Add", "Create", "Delete", "Publish", "Put", "Remove", "Tag", "Untag", "Update"),
    // CloudTrail writes a mapping's UUID as uUID. Tags and resource policies take ARNs only.
    {
      functionName: function_,
      resource: byArn,
      resourceArn: byArn,
      uUID: own.mappingIds,
      uuid: own.mappingIds,
    },
  );
}

/** Roles: their permissions, who may take them on, their end. */
export function onRoles(own: Own): Pattern {
  const names = starting("Attach", "Delete", "Detach", "Put", "Tag", "Untag", "Update");
  return calls("iam", names, { roleName: own.roleNames });
}

/** Queues, by the end of their URLs: SQS knows each by several hosts, and CloudTrail writes down the one that was called. */
export function onQueues(urls: readonly Output<string>[]): Pattern {
  const names = ["AddPermission", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"];
  const queueUrl = urls.map((url) => ({ suffix: url.apply(pathOf) }));
  return calls("sqs", names, { queueUrl });
}

/** Rules, their targets, the bus: these rules too, so by what their names start with. */
export function onRules(own: Own): Pattern {
  const names = starting("Delete", "Disable", "Enable", "Remove", "Update");
  const ours: Match[] = [{ prefix: own.prefix }];
  return calls("events", [...names, "PutPermission", "PutRule", "PutTargets"], {
    name: ours,
    rule: ours,
    eventBusName: ours,
  });
}

/** The topic and who has subscribed to it. */
export function onTopic({ topicArn }: Own): Pattern {
  const names = starting(
    "AddPermission",
    "DeleteTopic",
    // May deny messages.
    "PutDataProtectionPolicy",
    "RemovePermission",
    "Set",
    "Subscribe",
    "Unsubscribe",
  );
  return calls("sns", names, {
    topicArn: [topicArn],
    resourceArn: [topicArn],
    subscriptionArn: [{ prefix: interpolate`${topicArn}:` }],
  });
}

/** The table; its items are covered by their seals. */
export function onTable({ tableName, tableArn }: Own): Pattern {
  const names = ["DeleteTable", "UpdateContinuousBackups", "UpdateTable", "UpdateTimeToLive"];
  return calls("dynamodb", [...names, "DeleteResourcePolicy", "PutResourcePolicy"], {
    tableName: [tableName, tableArn],
    resourceArn: [tableArn],
  });
}

/** Buckets, not their objects. */
export function onBuckets({ bucketNames }: Own): Pattern {
  return calls("s3", starting("DeleteBucket", "PutBucket"), { bucketName: bucketNames });
}

/** Keys that the verifier needs. */
export function onKeys({ keys }: Own): Pattern {
  const names = ["CreateGrant", "DisableKey", "EnableKey", "PutKeyPolicy", "ScheduleKeyDeletion"];
  return calls("kms", [...names, "DeleteImportedKeyMaterial"], { keyId: keys });
}

/** The log and how long it is kept. */
export function onLog({ logGroupName, logGroupArn }: Own): Pattern {
  const ends = starting("Associate", "Delete", "Disassociate");
  const changes = starting(
    "PutDataProtection",
    "PutLogGroup",
    "PutRetention",
    "PutSubscription",
    "PutTransformer",
  );
  // With and without the `:*` that an ARN of a log group may end with.
  const byArn: Match[] = [logGroupArn, { prefix: interpolate`${logGroupArn}:` }];
  return calls("logs", [...ends, ...changes], {
    logGroupName: [logGroupName],
    logGroupIdentifier: [logGroupName, ...byArn],
    resourceIdentifier: byArn,
  });
}

/** Alarms. CloudWatch's event source in CloudTrail is `monitoring`. */
export function onAlarms({ prefix }: Own): Pattern {
  const names = [
    "DeleteAlarms",
    "DisableAlarmActions",
    "PutAlarmMuteRule",
    "PutMetricAlarm",
    "SetAlarmState",
  ];
  const ours: Match[] = [{ prefix }];
  const parameters = { alarmName: ours, alarmNames: ours, muteTargets: { alarmNames: ours } };
  return calls("monitoring", names, parameters, ["aws.monitoring", "aws.cloudwatch"]);
}

/** Any trail of the region: without one no event comes at all. */
export function onTrails(): Pattern {
  return calls("cloudtrail", ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"], {});
}

/** `/ACCOUNT/NAME` of a queue's URL, whatever the host: old names of it work as well. */
function pathOf(url: string): string {
  // A provider that stands in for AWS's may say something else; then it is matched as it is.
  return URL.parse(url)?.pathname ?? url;
}
