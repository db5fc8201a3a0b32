import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import type {
  ComparisonOperator,
  Dimension,
  MetricAlarm,
  MetricDataQuery,
  PutMetricAlarmCommandInput,
  StandardUnit,
  Statistic,
} from "@aws-sdk/client-cloudwatch";
import type { MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { found } from "../errors.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers, nameOf } from "../values.ts";

type Args = Inputs<MetricAlarmArgs>;

const cloudwatch = (at: At): CloudWatchClient => at.client(CloudWatchClient, "cloudwatch");

function dimensionsOf(map: Readonly<Record<string, string>> | undefined): Dimension[] | undefined {
  return map === undefined ? undefined : Object.entries(map).map(([Name, Value]) => ({ Name, Value }));
}

function queriesOf(queries: NonNullable<Args["metricQueries"]>): MetricDataQuery[] {
  return queries.map(({ id, label, expression, returnData, period, metric }) => ({
    Id: id,
    Label: label,
    Expression: expression,
    ReturnData: returnData ?? false,
    Period: period,
    ...(metric === undefined
      ? {}
      : {
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.metricName,
              Dimensions: dimensionsOf(metric.dimensions),
            },
            Period: metric.period,
            Stat: metric.stat,
            Unit: metric.unit as StandardUnit | undefined,
          },
        }),
  }));
}

/** What putting an alarm replaces: all but its tags. */
function alarmInputs(inputs: Args): PutMetricAlarmCommandInput {
  const { metricQueries: queries } = inputs;
  return {
    AlarmName: inputs.name,
    AlarmDescription: inputs.alarmDescription,
    ActionsEnabled: inputs.actionsEnabled ?? true,
    AlarmActions: inputs.alarmActions?.map(nameOf),
    OKActions: inputs.okActions?.map(nameOf),
    InsufficientDataActions: inputs.insufficientDataActions?.map(nameOf),
    ComparisonOperator: inputs.comparisonOperator as ComparisonOperator | undefined,
    EvaluationPeriods: inputs.evaluationPeriods,
    DatapointsToAlarm: inputs.datapointsToAlarm,
    Threshold: inputs.threshold,
    ThresholdMetricId: inputs.thresholdMetricId,
    TreatMissingData: inputs.treatMissingData ?? "missing",
    ...(queries === undefined
      ? {
          Namespace: inputs.namespace,
          MetricName: inputs.metricName,
          Dimensions: dimensionsOf(inputs.dimensions),
          Period: inputs.period,
          Statistic: inputs.statistic as Statistic | undefined,
          ExtendedStatistic: inputs.extendedStatistic,
          Unit: inputs.unit as StandardUnit | undefined,
        }
      : { Metrics: queriesOf(queries) }),
  };
}

async function alarmOf(name: string, at: At): Promise<MetricAlarm> {
  const { MetricAlarms } = await cloudwatch(at).send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return found(MetricAlarms?.[0], name);
}

export const metricAlarm = live<MetricAlarmArgs>({
  autoname: "name",
  required: ["comparisonOperator", "evaluationPeriods"],
  defaults: { tags: {}, actionsEnabled: true, alarmActions: [], okActions: [], treatMissingData: "missing" },
  computed: ["arn", "tagsAll"],
  create: async (inputs, at) => {
    const Tags = tagList(inputs.tags);
    await cloudwatch(at).send(new PutMetricAlarmCommand({ ...alarmInputs(inputs), Tags }));
    return inputs.name ?? "";
  },
  read: async (name, at) => {
    const its = await alarmOf(name, at);
    const { Tags } = await cloudwatch(at).send(new ListTagsForResourceCommand({ ResourceARN: its.AlarmArn }));
    const dimensions = (its.Dimensions ?? []).map(({ Name = "", Value = "" }) => [Name, Value] as const);
    const metrics = its.Metrics?.length === 0 ? undefined : its.Metrics;
    return {
      name,
      arn: its.AlarmArn,
      alarmDescription: its.AlarmDescription,
      actionsEnabled: its.ActionsEnabled ?? true,
      alarmActions: its.AlarmActions ?? [],
      okActions: its.OKActions ?? [],
      insufficientDataActions: its.InsufficientDataActions ?? [],
      comparisonOperator: its.ComparisonOperator,
      evaluationPeriods: its.EvaluationPeriods,
      threshold: its.Threshold,
      treatMissingData: its.TreatMissingData ?? "missing",
      ...(metrics === undefined
        ? {
            namespace: its.Namespace,
            metricName: its.MetricName,
            dimensions: Object.fromEntries(dimensions),
            period: its.Period,
            statistic: its.Statistic,
            extendedStatistic: its.ExtendedStatistic,
          }
        : {}),
      ...tagOutputs(Tags),
    };
  },
  update: async (name, inputs, at, state) => {
    const wanted = alarmInputs(inputs);
    if (!covers(wanted, alarmInputs(state))) await cloudwatch(at).send(new PutMetricAlarmCommand(wanted));
    const { AlarmArn: ResourceARN } = await alarmOf(name, at);
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await cloudwatch(at).send(new UntagResourceCommand({ ResourceARN, TagKeys: removed }));
    if (set) await cloudwatch(at).send(new TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
  },
  delete: async (name, at) => {
    await cloudwatch(at).send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  },
});
