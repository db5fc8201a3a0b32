import {
  CloudTrailClient,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  PutDataProtectionPolicyCommand as MaskLogCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Tampering, Tools } from "./tools.ts";

const LOG = "aws:cloudwatch/logGroup:LogGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TRAIL = "aws:cloudtrail/trail:Trail";

const logs = ({ config }: Tools): CloudWatchLogsClient => new CloudWatchLogsClient(config());
const logGroupName = ({ id }: Tools): string => id(LOG, "watch-log");
const cloudWatch = ({ config }: Tools): CloudWatchClient => new CloudWatchClient(config());
const breaker = ({ id }: Tools): string => id(ALARM, "watch-breaker-eu-central-1");
const trails = ({ config }: Tools): CloudTrailClient => new CloudTrailClient(config());
const trail = ({ output }: Tools): string => output(TRAIL, "watch-trail", "arn");

/** What is written about the verifier, and what watches it. */
export const ON_OBSERVERS: readonly Tampering[] = [
  {
    of: LOG,
    event: "PutRetentionPolicy",
    act: (tools) =>
      logs(tools).send(
        new PutRetentionPolicyCommand({ logGroupName: logGroupName(tools), retentionInDays: 1 }),
      ),
  },
  {
    of: LOG,
    event: "AssociateKmsKey",
    how: "by its ARN",
    act: (tools) =>
      logs(tools).send(
        new AssociateKmsKeyCommand({
          resourceIdentifier: tools.output(LOG, "watch-log", "arn"),
          kmsKeyId: `arn:aws:kms:eu-central-1:${tools.account}:key/theirs`,
        }),
      ),
  },
  {
    of: LOG,
    event: "PutDataProtectionPolicy",
    how: "that masks what is written",
    act: (tools) =>
      logs(tools).send(new MaskLogCommand({ logGroupIdentifier: logGroupName(tools), policyDocument: "{}" })),
  },
  {
    of: LOG,
    event: "DeleteLogGroup",
    act: (tools) => logs(tools).send(new DeleteLogGroupCommand({ logGroupName: logGroupName(tools) })),
  },
  {
    of: ALARM,
    event: "SetAlarmState",
    act: (tools) =>
      cloudWatch(tools).send(
        new SetAlarmStateCommand({ AlarmName: breaker(tools), StateValue: "OK", StateReason: "theirs" }),
      ),
  },
  {
    of: ALARM,
    event: "DisableAlarmActions",
    act: (tools) => cloudWatch(tools).send(new DisableAlarmActionsCommand({ AlarmNames: [breaker(tools)] })),
  },
  {
    of: ALARM,
    event: "PutAlarmMuteRule",
    act: (tools) =>
      cloudWatch(tools).send(
        new PutAlarmMuteRuleCommand({
          Name: "theirs",
          Rule: { Schedule: { Expression: "cron(* * * * *)", Duration: "PT24H" } },
          MuteTargets: { AlarmNames: [breaker(tools)] },
        }),
      ),
  },
  {
    of: ALARM,
    event: "PutMetricAlarm",
    how: "with another threshold",
    act: (tools) =>
      cloudWatch(tools).send(
        new PutMetricAlarmCommand({
          AlarmName: breaker(tools),
          Namespace: "fnseal",
          MetricName: "BreakerTripped",
          Statistic: "Sum",
          Period: 300,
          EvaluationPeriods: 1,
          ComparisonOperator: "GreaterThanThreshold",
          Threshold: 1_000_000,
        }),
      ),
  },
  {
    of: ALARM,
    event: "DeleteAlarms",
    act: (tools) => cloudWatch(tools).send(new DeleteAlarmsCommand({ AlarmNames: [breaker(tools)] })),
  },
  {
    of: TRAIL,
    event: "PutEventSelectors",
    act: (tools) =>
      trails(tools).send(
        new PutEventSelectorsCommand({
          TrailName: trail(tools),
          EventSelectors: [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: true }],
        }),
      ),
  },
  {
    of: TRAIL,
    event: "UpdateTrail",
    act: (tools) =>
      trails(tools).send(new UpdateTrailCommand({ Name: trail(tools), IsMultiRegionTrail: false })),
  },
  {
    of: TRAIL,
    event: "StopLogging",
    act: (tools) => trails(tools).send(new StopLoggingCommand({ Name: trail(tools) })),
  },
  {
    of: TRAIL,
    event: "DeleteTrail",
    act: (tools) => trails(tools).send(new DeleteTrailCommand({ Name: trail(tools) })),
  },
];
