import type { Types } from "../type.ts";
import { alias } from "./alias.ts";
import { eventInvokeConfig } from "./eventInvokeConfig.ts";
import { eventSourceMapping } from "./eventSourceMapping.ts";
import { fn } from "./function.ts";
import { invocation } from "./invocation.ts";
import { layerVersion } from "./layerVersion.ts";
import { permission } from "./permission.ts";
import { provisionedConcurrency } from "./provisionedConcurrency.ts";

export const types: Types = {
  "aws:lambda/alias:Alias": alias,
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
  "aws:lambda/function:Function": fn,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": eventInvokeConfig,
  "aws:lambda/invocation:Invocation": invocation,
  "aws:lambda/layerVersion:LayerVersion": layerVersion,
  "aws:lambda/permission:Permission": permission,
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": provisionedConcurrency,
};
