import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { StandardUnit } from "@aws-sdk/client-cloudwatch-logs";
import type { LogMetricFilterArgs } from "@pulumi/aws/cloudwatch/logMetricFilter.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";

const logs = (at: At): CloudWatchLogsClient => at.client(CloudWatchLogsClient, "cloudwatchlogs");

async function put(inputs: Inputs<LogMetricFilterArgs>, at: At): Promise<string> {
  const { metricTransformation: metric, name: filterName = "" } = inputs;
  await logs(at).send(
    new PutMetricFilterCommand({
      filterName,
      logGroupName: inputs.logGroupName,
      filterPattern: inputs.pattern,
      metricTransformations: [
        {
          metricName: metric.name,
          metricNamespace: metric.namespace,
          metricValue: metric.value,
          unit: metric.unit as StandardUnit | undefined,
          dimensions: metric.dimensions,
          ...(metric.defaultValue === undefined ? {} : { defaultValue: Number(metric.defaultValue) }),
        },
      ],
    }),
  );
  return filterName;
}

export const logMetricFilter = live<LogMetricFilterArgs>({
  autoname: "name",
  required: ["logGroupName", "pattern", "metricTransformation"],
  replaceOn: ["logGroupName"],
  create: put,
  read: async (name, at, { logGroupName }) => {
    const { metricFilters = [] } = await logs(at).send(
      new DescribeMetricFiltersCommand({ logGroupName, filterNamePrefix: name }),
    );
    const its = found(
      metricFilters.find(({ filterName }) => filterName === name),
      name,
    );
    const metric = its.metricTransformations?.[0];
    return {
      name,
      logGroupName,
      pattern: its.filterPattern ?? "",
      metricTransformation: {
        name: metric?.metricName,
        namespace: metric?.metricNamespace,
        value: metric?.metricValue,
        unit: metric?.unit ?? "None",
        dimensions: metric?.dimensions,
        defaultValue: metric?.defaultValue === undefined ? undefined : String(metric.defaultValue),
      },
    };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (filterName, at, { logGroupName }) => {
    await logs(at).send(new DeleteMetricFilterCommand({ filterName, logGroupName }));
  },
});
