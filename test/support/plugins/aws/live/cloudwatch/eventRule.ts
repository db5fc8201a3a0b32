import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import type { PutRuleCommandInput, RuleState } from "@aws-sdk/client-eventbridge";
import type { EventRuleArgs } from "@pulumi/aws/cloudwatch/eventRule.js";
import { found } from "../errors.ts";
import { tagList } from "../tags.ts";
import type { Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";
import { events, eventTags, setEventTags } from "./eventTags.ts";

/** What putting a rule replaces: all but its tags. */
function ruleOf(inputs: Inputs<EventRuleArgs>): PutRuleCommandInput {
  return {
    Name: inputs.name,
    EventBusName: inputs.eventBusName ?? "default",
    EventPattern: inputs.eventPattern,
    ScheduleExpression: inputs.scheduleExpression,
    Description: inputs.description,
    RoleArn: inputs.roleArn,
    State: (inputs.state ?? "ENABLED") as RuleState,
  };
}

/** `bus/rule`, or the rule's name alone on the default bus. */
function partsOf(id: string): { EventBusName: string; Name: string } {
  const slash = id.lastIndexOf("/");
  return slash < 0
    ? { EventBusName: "default", Name: id }
    : { EventBusName: id.slice(0, slash), Name: id.slice(slash + 1) };
}

export const eventRule = live<EventRuleArgs>({
  autoname: "name",
  replaceOn: ["eventBusName"],
  defaults: {
    state: "ENABLED",
    tags: {},
    description: "",
    roleArn: undefined,
    eventPattern: undefined,
    scheduleExpression: undefined,
  },
  computed: ["arn", "tagsAll"],
  create: async (inputs, at) => {
    const { name = "", eventBusName = "default" } = inputs;
    await events(at).send(new PutRuleCommand({ ...ruleOf(inputs), Tags: tagList(inputs.tags) }));
    return eventBusName === "default" ? name : `${eventBusName}/${name}`;
  },
  read: async (id, at, known) => {
    const its = await events(at).send(new DescribeRuleCommand(partsOf(id)));
    return {
      arn: found(its.Arn, id),
      name: its.Name,
      // The program may have given the bus by its ARN.
      eventBusName: known.eventBusName ?? its.EventBusName,
      eventPattern: its.EventPattern,
      scheduleExpression: its.ScheduleExpression,
      description: its.Description,
      roleArn: its.RoleArn,
      state: its.State ?? "ENABLED",
      ...(await eventTags(its.Arn, at)),
    };
  },
  update: async (id, inputs, at, state) => {
    const wanted = ruleOf(inputs);
    if (!covers(wanted, ruleOf(state))) await events(at).send(new PutRuleCommand(wanted));
    const { Arn } = await events(at).send(new DescribeRuleCommand(partsOf(id)));
    await setEventTags(Arn, state.tags, inputs.tags, at);
  },
  delete: async (id, at, state) => {
    const { EventBusName, Name } = partsOf(id);
    if (state.forceDestroy === true) {
      const { Targets = [] } = await events(at).send(
        new ListTargetsByRuleCommand({ Rule: Name, EventBusName }),
      );
      const Ids = Targets.map(({ Id = "" }) => Id);
      if (Ids.length > 0) await events(at).send(new RemoveTargetsCommand({ Rule: Name, EventBusName, Ids }));
    }
    await events(at).send(new DeleteRuleCommand({ EventBusName, Name }));
  },
});
