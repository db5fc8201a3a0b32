import {
  DescribeEventBusCommand,
  PutPermissionCommand,
  RemovePermissionCommand,
} from "@aws-sdk/client-eventbridge";
import type { EventBusPolicyArgs } from "@pulumi/aws/cloudwatch/eventBusPolicy.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { events } from "./eventTags.ts";

async function put(inputs: Inputs<EventBusPolicyArgs>, at: At): Promise<string> {
  const { eventBusName: EventBusName = "default", policy: Policy } = inputs;
  await events(at).send(new PutPermissionCommand({ EventBusName, Policy }));
  return EventBusName;
}

export const eventBusPolicy = live<EventBusPolicyArgs>({
  required: ["policy"],
  replaceOn: ["eventBusName"],
  create: put,
  read: async (id, at) => {
    const { Policy } = await events(at).send(new DescribeEventBusCommand({ Name: id }));
    const policy = found(Policy === "" ? undefined : Policy, `the policy of ${id}`);
    return { eventBusName: id, policy };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (EventBusName, at) => {
    await events(at).send(new RemovePermissionCommand({ EventBusName, RemoveAllPermissions: true }));
  },
});
