import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionEventInvokeConfigArgs } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";

type Config = Inputs<FunctionEventInvokeConfigArgs>;

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

/** Putting it replaces the whole configuration. */
async function put(inputs: Config, at: At): Promise<string> {
  const { functionName, qualifier, destinationConfig } = inputs;
  const success = destinationConfig?.onSuccess?.destination;
  const failure = destinationConfig?.onFailure?.destination;
  await lambda(at).send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: functionName,
      Qualifier: qualifier,
      MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
      MaximumRetryAttempts: inputs.maximumRetryAttempts ?? 2,
      ...(destinationConfig === undefined
        ? {}
        : {
            DestinationConfig: {
              ...(success === undefined ? {} : { OnSuccess: { Destination: success } }),
              ...(failure === undefined ? {} : { OnFailure: { Destination: failure } }),
            },
          }),
    }),
  );
  return qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
}

function keyOf(known: Partial<Config>): { FunctionName: string; Qualifier: string | undefined } {
  return { FunctionName: known.functionName ?? "", Qualifier: known.qualifier };
}

export const eventInvokeConfig = live<FunctionEventInvokeConfigArgs>({
  required: ["functionName"],
  replaceOn: ["functionName", "qualifier"],
  defaults: { maximumRetryAttempts: 2, destinationConfig: undefined },
  create: put,
  read: async (_id, at, known) => {
    const its = await lambda(at).send(new GetFunctionEventInvokeConfigCommand(keyOf(known)));
    const onSuccess = its.DestinationConfig?.OnSuccess?.Destination;
    const onFailure = its.DestinationConfig?.OnFailure?.Destination;
    const destinationConfig = {
      ...(onSuccess === undefined ? {} : { onSuccess: { destination: onSuccess } }),
      ...(onFailure === undefined ? {} : { onFailure: { destination: onFailure } }),
    };
    return {
      maximumEventAgeInSeconds: its.MaximumEventAgeInSeconds,
      maximumRetryAttempts: its.MaximumRetryAttempts ?? 2,
      destinationConfig: Object.keys(destinationConfig).length === 0 ? undefined : destinationConfig,
    };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (_id, at, state) => {
    await lambda(at).send(new DeleteFunctionEventInvokeConfigCommand(keyOf(state)));
  },
});
