import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type {
  EventSourcePosition,
  FunctionResponseType,
  UpdateEventSourceMappingCommandInput,
} from "@aws-sdk/client-lambda";
import type { EventSourceMappingArgs } from "@pulumi/aws/lambda/eventSourceMapping.js";
import { found, ifAny, retrying, until } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { functionOf } from "./names.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

const busy = (cause: Error): boolean => cause.name === "ResourceInUseException";

/** What an update sets too; the dropped goes back to AWS's own. */
function settings(
  inputs: Inputs<EventSourceMappingArgs>,
): Omit<UpdateEventSourceMappingCommandInput, "UUID"> {
  const filters = inputs.filterCriteria?.filters?.map(({ pattern }) => ({ Pattern: pattern }));
  return {
    FunctionName: inputs.functionName,
    Enabled: inputs.enabled ?? true,
    BatchSize: inputs.batchSize,
    MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
    FunctionResponseTypes: (inputs.functionResponseTypes ?? []) as FunctionResponseType[],
    ScalingConfig: { MaximumConcurrency: inputs.scalingConfig?.maximumConcurrency },
    FilterCriteria: { Filters: filters ?? [] },
    KMSKeyArn: inputs.kmsKeyArn,
  };
}

/** Waits until no change goes on: the states that end on -ing. */
async function whenSettled(UUID: string, at: At): Promise<void> {
  const settled = async (): Promise<boolean> => {
    const its = await lambda(at).send(new GetEventSourceMappingCommand({ UUID }));
    return !/ing$/.test(its.State ?? "");
  };
  await until(settled, `${UUID} settled`);
}

export const eventSourceMapping = live<EventSourceMappingArgs>({
  required: ["functionName"],
  replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
  defaults: { enabled: true, functionResponseTypes: [], scalingConfig: undefined },
  computed: ["arn", "uuid", "functionArn", "state", "stateTransitionReason", "lastModified"],
  create: async (inputs, at) => {
    const { ScalingConfig, FilterCriteria, ...rest } = settings(inputs);
    const command = new CreateEventSourceMappingCommand({
      ...rest,
      FunctionName: inputs.functionName,
      ...(inputs.scalingConfig === undefined ? {} : { ScalingConfig }),
      ...(inputs.filterCriteria === undefined ? {} : { FilterCriteria }),
      EventSourceArn: inputs.eventSourceArn,
      StartingPosition: inputs.startingPosition as EventSourcePosition | undefined,
      Tags: inputs.tags,
    });
    // Lambda asks whether the function's role may receive; a policy that was just put takes a moment.
    const refused = (cause: Error): boolean => /execution role does not have permissions/.test(cause.message);
    const { UUID } = await retrying(() => lambda(at).send(command), refused);
    const id = found(UUID, "the mapping's id");
    await whenSettled(id, at);
    return id;
  },
  read: async (UUID, at, known) => {
    const its = await lambda(at).send(new GetEventSourceMappingCommand({ UUID }));
    const most = its.ScalingConfig?.MaximumConcurrency;
    return {
      uuid: UUID,
      arn: its.EventSourceMappingArn,
      functionArn: its.FunctionArn,
      functionName: functionOf(known.functionName, its.FunctionArn ?? ""),
      eventSourceArn: its.EventSourceArn,
      state: its.State,
      stateTransitionReason: its.StateTransitionReason,
      lastModified: its.LastModified?.toISOString(),
      enabled: its.State !== "Disabled" && its.State !== "Disabling",
      batchSize: its.BatchSize,
      maximumBatchingWindowInSeconds: its.MaximumBatchingWindowInSeconds ?? 0,
      functionResponseTypes: its.FunctionResponseTypes ?? [],
      scalingConfig: most === undefined ? undefined : { maximumConcurrency: most },
      ...(known.filterCriteria === undefined
        ? {}
        : {
            filterCriteria: {
              filters: its.FilterCriteria?.Filters?.map(({ Pattern }) => ({ pattern: Pattern })),
            },
          }),
    };
  },
  update: async (UUID, inputs, at) => {
    const command = new UpdateEventSourceMappingCommand({ UUID, ...settings(inputs) });
    await retrying(() => lambda(at).send(command), busy);
    await whenSettled(UUID, at);
  },
  delete: async (UUID, at) => {
    await retrying(() => lambda(at).send(new DeleteEventSourceMappingCommand({ UUID })), busy);
    const gone = async (): Promise<boolean> =>
      (await ifAny(lambda(at).send(new GetEventSourceMappingCommand({ UUID })))) === undefined;
    await until(gone, `${UUID} deleted`);
  },
});
