import type { Types } from "../type.ts";
import { eventBus } from "./eventBus.ts";
import { eventBusPolicy } from "./eventBusPolicy.ts";
import { eventRule } from "./eventRule.ts";
import { eventTarget } from "./eventTarget.ts";
import { logGroup } from "./logGroup.ts";
import { logMetricFilter } from "./logMetricFilter.ts";
import { metricAlarm } from "./metricAlarm.ts";

export const types: Types = {
  "aws:cloudwatch/eventBus:EventBus": eventBus,
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": eventBusPolicy,
  "aws:cloudwatch/eventRule:EventRule": eventRule,
  "aws:cloudwatch/eventTarget:EventTarget": eventTarget,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": logMetricFilter,
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
};
