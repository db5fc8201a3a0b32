import {
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  PutProvisionedConcurrencyConfigCommand,
} from "@aws-sdk/client-lambda";
import type { ProvisionedConcurrencyConfigArgs } from "@pulumi/aws/lambda/provisionedConcurrencyConfig.js";
import { until } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

async function put(inputs: Inputs<ProvisionedConcurrencyConfigArgs>, at: At): Promise<string> {
  const key = { FunctionName: inputs.functionName, Qualifier: inputs.qualifier };
  const ProvisionedConcurrentExecutions = inputs.provisionedConcurrentExecutions;
  await lambda(at).send(
    new PutProvisionedConcurrencyConfigCommand({ ...key, ProvisionedConcurrentExecutions }),
  );
  const ready = async (): Promise<boolean> => {
    const { Status, StatusReason } = await lambda(at).send(new GetProvisionedConcurrencyConfigCommand(key));
    if (Status === "FAILED") throw new Error(`provisioned concurrency: ${StatusReason ?? "failed"}`);
    return Status === "READY";
  };
  await until(ready, "provisioned concurrency ready");
  return `${inputs.functionName},${inputs.qualifier}`;
}

function partsOf(id: string): { FunctionName: string; Qualifier: string } {
  const [FunctionName = "", Qualifier = ""] = id.split(",");
  return { FunctionName, Qualifier };
}

export const provisionedConcurrency = live<ProvisionedConcurrencyConfigArgs>({
  required: ["functionName", "qualifier", "provisionedConcurrentExecutions"],
  replaceOn: ["functionName", "qualifier"],
  create: put,
  read: async (id, at) => {
    const { FunctionName, Qualifier } = partsOf(id);
    const its = await lambda(at).send(
      new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }),
    );
    return {
      functionName: FunctionName,
      qualifier: Qualifier,
      provisionedConcurrentExecutions: its.RequestedProvisionedConcurrentExecutions,
    };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (id, at) => {
    await lambda(at).send(new DeleteProvisionedConcurrencyConfigCommand(partsOf(id)));
  },
});
