import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  UpdateEventBusCommand,
} from "@aws-sdk/client-eventbridge";
import type { EventBusArgs } from "@pulumi/aws/cloudwatch/eventBus.js";
import { tagList } from "../tags.ts";
import { live } from "../type.ts";
import { events, eventTags, setEventTags } from "./eventTags.ts";

export const eventBus = live<EventBusArgs>({
  autoname: "name",
  replaceOn: ["eventSourceName"],
  defaults: { tags: {}, description: "", kmsKeyIdentifier: undefined },
  computed: ["arn", "tagsAll"],
  create: async (inputs, at) => {
    const Name = inputs.name ?? "";
    await events(at).send(
      new CreateEventBusCommand({
        Name,
        EventSourceName: inputs.eventSourceName,
        Description: inputs.description,
        KmsKeyIdentifier: inputs.kmsKeyIdentifier,
        ...(inputs.deadLetterConfig === undefined
          ? {}
          : { DeadLetterConfig: { Arn: inputs.deadLetterConfig.arn } }),
        Tags: tagList(inputs.tags),
      }),
    );
    return Name;
  },
  read: async (Name, at) => {
    const its = await events(at).send(new DescribeEventBusCommand({ Name }));
    return {
      name: its.Name,
      arn: its.Arn,
      description: its.Description,
      kmsKeyIdentifier: its.KmsKeyIdentifier,
      ...(await eventTags(its.Arn, at)),
    };
  },
  update: async (Name, inputs, at, state) => {
    const { description: Description, kmsKeyIdentifier: KmsKeyIdentifier } = inputs;
    if (Description !== state.description || KmsKeyIdentifier !== state.kmsKeyIdentifier)
      await events(at).send(new UpdateEventBusCommand({ Name, Description, KmsKeyIdentifier }));
    const { Arn } = await events(at).send(new DescribeEventBusCommand({ Name }));
    await setEventTags(Arn, state.tags, inputs.tags, at);
  },
  delete: async (Name, at) => {
    await events(at).send(new DeleteEventBusCommand({ Name }));
  },
});
