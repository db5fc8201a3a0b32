import {
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import type { Target } from "@aws-sdk/client-eventbridge";
import type { EventTargetArgs } from "@pulumi/aws/cloudwatch/eventTarget.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { events } from "./eventTags.ts";

type Args = Inputs<EventTargetArgs>;

function targetOf(inputs: Args): Target {
  const { inputTransformer: transformer, retryPolicy: retry, deadLetterConfig: letters } = inputs;
  return {
    Id: inputs.targetId,
    Arn: inputs.arn,
    RoleArn: inputs.roleArn,
    Input: inputs.input,
    InputPath: inputs.inputPath,
    ...(transformer === undefined
      ? {}
      : {
          InputTransformer: {
            InputPathsMap: transformer.inputPaths,
            InputTemplate: transformer.inputTemplate,
          },
        }),
    ...(retry === undefined
      ? {}
      : {
          RetryPolicy: {
            MaximumEventAgeInSeconds: retry.maximumEventAgeInSeconds,
            MaximumRetryAttempts: retry.maximumRetryAttempts,
          },
        }),
    ...(letters === undefined ? {} : { DeadLetterConfig: { Arn: letters.arn } }),
    ...(inputs.sqsTarget === undefined
      ? {}
      : { SqsParameters: { MessageGroupId: inputs.sqsTarget.messageGroupId } }),
  };
}

function ruleOf(args: Partial<Args>): { Rule: string; EventBusName: string } {
  return { Rule: args.rule ?? "", EventBusName: args.eventBusName ?? "default" };
}

async function put(inputs: Args, at: At): Promise<string> {
  const rule = ruleOf(inputs);
  const answer = await events(at).send(new PutTargetsCommand({ ...rule, Targets: [targetOf(inputs)] }));
  const [failed] = answer.FailedEntries ?? [];
  if (failed !== undefined) throw new Error(`${rule.Rule}: ${failed.ErrorMessage ?? "target not put"}`);
  const bus = rule.EventBusName === "default" ? "" : `${rule.EventBusName}-`;
  return `${bus}${rule.Rule}-${inputs.targetId ?? ""}`;
}

export const eventTarget = live<EventTargetArgs>({
  autoname: "targetId",
  required: ["rule", "arn"],
  replaceOn: ["rule", "eventBusName"],
  defaults: { roleArn: undefined, input: undefined, inputPath: undefined, inputTransformer: undefined },
  create: put,
  read: async (id, at, known) => {
    const { Targets = [] } = await events(at).send(new ListTargetsByRuleCommand(ruleOf(known)));
    const its = found(
      Targets.find(({ Id }) => Id === known.targetId),
      id,
    );
    const { InputTransformer: transformer, RetryPolicy: retry, DeadLetterConfig: letters } = its;
    return {
      targetId: its.Id,
      arn: its.Arn,
      roleArn: its.RoleArn,
      input: its.Input,
      inputPath: its.InputPath,
      inputTransformer:
        transformer === undefined
          ? undefined
          : { inputPaths: transformer.InputPathsMap, inputTemplate: transformer.InputTemplate },
      retryPolicy:
        retry === undefined
          ? undefined
          : {
              maximumEventAgeInSeconds: retry.MaximumEventAgeInSeconds,
              maximumRetryAttempts: retry.MaximumRetryAttempts,
            },
      deadLetterConfig: letters === undefined ? undefined : { arn: letters.Arn },
      sqsTarget:
        its.SqsParameters === undefined ? undefined : { messageGroupId: its.SqsParameters.MessageGroupId },
    };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (_id, at, state) => {
    await events(at).send(new RemoveTargetsCommand({ ...ruleOf(state), Ids: [state.targetId ?? ""] }));
  },
});
