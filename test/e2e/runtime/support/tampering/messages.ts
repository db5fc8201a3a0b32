import {
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  AddPermissionCommand,
  PutDataProtectionPolicyCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import type { Tampering, Tools } from "./tools.ts";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const BUS = "aws:cloudwatch/eventBus:EventBus";
const TOPIC = "aws:sns/topic:Topic";
const POLICY = "aws:sns/topicPolicy:TopicPolicy";

const events = ({ config }: Tools, region?: string): EventBridgeClient =>
  new EventBridgeClient(config(region));
const ruleOf = ({ output }: Tools, part: string): string => output(RULE, `watch-${part}`, "name");
const busOf = ({ output }: Tools): string => output(BUS, "watch-bus", "name");
const sns = ({ config }: Tools): SNSClient => new SNSClient(config());
const topicOf = ({ output }: Tools): string => output(TOPIC, "watch-findings", "arn");
const subscriptionOf = (tools: Tools): string => `${topicOf(tools)}:11111111-2222-4333-8444-555555555555`;

/** How events come to the verifier and to people, but for what ends the telling itself. */
export const ON_RULES: readonly Tampering[] = [
  {
    of: RULE,
    event: "DisableRule",
    how: "in another region",
    region: "eu-west-1",
    act: (tools) =>
      events(tools, "eu-west-1").send(new DisableRuleCommand({ Name: ruleOf(tools, "watch-eu-west-1") })),
  },
  {
    of: RULE,
    event: "DisableRule",
    how: "of a bus that is named by its ARN",
    act: (tools) => {
      const EventBusName = tools.output(BUS, "watch-bus", "arn");
      return events(tools).send(new DisableRuleCommand({ Name: ruleOf(tools, "events"), EventBusName }));
    },
  },
  {
    of: RULE,
    event: "PutRule",
    how: "that matches nothing",
    act: (tools) =>
      events(tools).send(
        new PutRuleCommand({
          Name: ruleOf(tools, "watch-eu-central-1"),
          EventPattern: JSON.stringify({ source: ["nobody"] }),
        }),
      ),
  },
  {
    of: TARGET,
    event: "PutTargets",
    how: "that sends sweeps elsewhere",
    act: (tools) =>
      events(tools).send(
        new PutTargetsCommand({
          Rule: ruleOf(tools, "sweep"),
          Targets: [{ Id: "fnseal", Arn: `arn:aws:sqs:eu-central-1:${tools.account}:theirs` }],
        }),
      ),
  },
  {
    of: TARGET,
    event: "RemoveTargets",
    act: (tools) =>
      events(tools).send(new RemoveTargetsCommand({ Rule: ruleOf(tools, "sweep"), Ids: ["fnseal"] })),
  },
  {
    of: RULE,
    event: "DeleteRule",
    how: "that guards roles",
    region: "us-east-1",
    act: (tools) =>
      events(tools, "us-east-1").send(
        new DeleteRuleCommand({ Name: ruleOf(tools, "tamper-roles-us-east-1") }),
      ),
  },
  {
    of: BUS,
    event: "PutPermission",
    act: (tools) =>
      events(tools).send(
        new PutPermissionCommand({
          EventBusName: busOf(tools),
          Action: "events:PutEvents",
          Principal: "*",
          StatementId: "theirs",
        }),
      ),
  },
  {
    of: BUS,
    event: "DeleteEventBus",
    act: (tools) => events(tools).send(new DeleteEventBusCommand({ Name: busOf(tools) })),
  },
];

/** The topic, and who has subscribed to it. Its own end it cannot tell. */
export const ON_TOPIC: readonly Tampering[] = [
  {
    of: TOPIC,
    event: "Subscribe",
    act: (tools) =>
      sns(tools).send(
        new SubscribeCommand({
          TopicArn: topicOf(tools),
          Protocol: "email",
          Endpoint: "mallory@example.com",
        }),
      ),
  },
  {
    of: TOPIC,
    event: "SetSubscriptionAttributes",
    how: "that filters everything out",
    act: (tools) =>
      sns(tools).send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: subscriptionOf(tools),
          AttributeName: "FilterPolicy",
          AttributeValue: JSON.stringify({ nobody: ["none"] }),
        }),
      ),
  },
  {
    of: TOPIC,
    event: "Unsubscribe",
    act: (tools) => sns(tools).send(new UnsubscribeCommand({ SubscriptionArn: subscriptionOf(tools) })),
  },
  {
    of: TOPIC,
    event: "PutDataProtectionPolicy",
    how: "that denies messages",
    act: (tools) =>
      sns(tools).send(
        new PutDataProtectionPolicyCommand({ ResourceArn: topicOf(tools), DataProtectionPolicy: "{}" }),
      ),
  },
  {
    of: POLICY,
    event: "AddPermission",
    act: (tools) =>
      sns(tools).send(
        new AddPermissionCommand({
          TopicArn: topicOf(tools),
          Label: "theirs",
          AWSAccountId: [tools.account],
          ActionName: ["Publish"],
        }),
      ),
  },
  {
    of: TOPIC,
    event: "SetTopicAttributes",
    act: (tools) =>
      sns(tools).send(
        new SetTopicAttributesCommand({
          TopicArn: topicOf(tools),
          AttributeName: "DisplayName",
          AttributeValue: "theirs",
        }),
      ),
  },
];
