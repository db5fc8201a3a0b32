import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  LambdaClient,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import type { AliasRoutingConfiguration } from "@aws-sdk/client-lambda";
import type { AliasArgs } from "@pulumi/aws/lambda/alias.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { functionOf } from "./names.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

function routing(inputs: Inputs<AliasArgs>): AliasRoutingConfiguration {
  return { AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights ?? {} };
}

/** `arn:aws:lambda:region:account:function:name:alias` */
function partsOf(arn: string): { FunctionName: string; Name: string } {
  const [, , , , , , FunctionName = "", Name = ""] = arn.split(":");
  return { FunctionName, Name };
}

export const alias = live<AliasArgs>({
  autoname: "name",
  required: ["functionName", "functionVersion"],
  replaceOn: ["functionName"],
  defaults: { description: "", routingConfig: undefined },
  computed: ["arn", "invokeArn"],
  create: async (inputs, at) => {
    const made = await lambda(at).send(
      new CreateAliasCommand({
        FunctionName: inputs.functionName,
        Name: inputs.name,
        FunctionVersion: inputs.functionVersion,
        Description: inputs.description,
        ...(inputs.routingConfig === undefined ? {} : { RoutingConfig: routing(inputs) }),
      }),
    );
    return found(made.AliasArn, "the alias's ARN");
  },
  read: async (arn, at, known) => {
    const its = await lambda(at).send(new GetAliasCommand(partsOf(arn)));
    const weights = its.RoutingConfig?.AdditionalVersionWeights ?? {};
    return {
      arn,
      name: its.Name,
      functionName: functionOf(known.functionName, partsOf(arn).FunctionName),
      functionVersion: its.FunctionVersion,
      description: its.Description ?? "",
      routingConfig: Object.keys(weights).length === 0 ? undefined : { additionalVersionWeights: weights },
      invokeArn: `arn:aws:apigateway:${at.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    };
  },
  update: async (arn, inputs, at) => {
    await lambda(at).send(
      new UpdateAliasCommand({
        ...partsOf(arn),
        FunctionVersion: inputs.functionVersion,
        Description: inputs.description ?? "",
        RoutingConfig: routing(inputs),
      }),
    );
  },
  delete: async (arn, at) => {
    await lambda(at).send(new DeleteAliasCommand(partsOf(arn)));
  },
});
