import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  DeleteAliasCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Tampering, Tools } from "./tools.ts";

const FUNCTION = "aws:lambda/function:Function";
const ALIAS = "aws:lambda/alias:Alias";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

const lambda = ({ config }: Tools): LambdaClient => new LambdaClient(config());
const nameOf = ({ id }: Tools): string => id(FUNCTION, "watch-verifier");
const arnOf = ({ output }: Tools): string => output(FUNCTION, "watch-verifier", "arn");
const mappingOf = ({ id }: Tools, part: string): string => id(MAPPING, `watch-${part}`);
const everyone = { StatementId: "all", Action: "lambda:InvokeFunction", Principal: "*" };

/** The function, its alias, what invokes it. */
export const ON_FUNCTION: readonly Tampering[] = [
  {
    of: FUNCTION,
    event: "PutFunctionConcurrency",
    how: "0",
    act: (tools) =>
      lambda(tools).send(
        new PutFunctionConcurrencyCommand({ FunctionName: nameOf(tools), ReservedConcurrentExecutions: 0 }),
      ),
  },
  {
    of: FUNCTION,
    event: "UpdateFunctionConfiguration",
    how: "by its ARN",
    act: (tools) =>
      lambda(tools).send(new UpdateFunctionConfigurationCommand({ FunctionName: arnOf(tools), Timeout: 1 })),
  },
  {
    of: FUNCTION,
    event: "UpdateFunctionCode",
    how: "by part of its ARN",
    act: (tools) =>
      lambda(tools).send(
        new UpdateFunctionCodeCommand({
          FunctionName: `${tools.account}:function:${nameOf(tools)}`,
          ZipFile: Buffer.from("no zip"),
        }),
      ),
  },
  {
    of: FUNCTION,
    event: "PutFunctionEventInvokeConfig",
    how: "of a version, by name",
    act: (tools) =>
      lambda(tools).send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName: `${nameOf(tools)}:1`,
          MaximumRetryAttempts: 0,
        }),
      ),
  },
  {
    of: FUNCTION,
    event: "PublishVersion",
    act: (tools) => lambda(tools).send(new PublishVersionCommand({ FunctionName: nameOf(tools) })),
  },
  {
    of: FUNCTION,
    event: "TagResource",
    act: (tools) =>
      lambda(tools).send(
        new TagResourceCommand({ Resource: arnOf(tools), Tags: { "fnseal:status": "exempt" } }),
      ),
  },
  {
    of: ALIAS,
    event: "AddPermission",
    how: "by name",
    act: (tools) =>
      lambda(tools).send(
        new AddPermissionCommand({ FunctionName: `${nameOf(tools)}:operator`, ...everyone }),
      ),
  },
  {
    of: ALIAS,
    event: "AddPermission",
    how: "by part of its ARN",
    act: (tools) => {
      const FunctionName = `${tools.account}:function:${nameOf(tools)}:operator`;
      return lambda(tools).send(new AddPermissionCommand({ FunctionName, ...everyone }));
    },
  },
  {
    of: ALIAS,
    event: "PutResourcePolicy",
    act: (tools) =>
      lambda(tools).send(
        new PutResourcePolicyCommand({ ResourceArn: `${arnOf(tools)}:operator`, Policy: "{}" }),
      ),
  },
  {
    of: ALIAS,
    event: "UpdateAlias",
    act: (tools) =>
      lambda(tools).send(
        new UpdateAliasCommand({ FunctionName: nameOf(tools), Name: "operator", FunctionVersion: "1" }),
      ),
  },
  {
    of: ALIAS,
    event: "DeleteAlias",
    act: (tools) =>
      lambda(tools).send(new DeleteAliasCommand({ FunctionName: nameOf(tools), Name: "operator" })),
  },
  {
    of: MAPPING,
    event: "UpdateEventSourceMapping",
    how: "switched off",
    act: (tools) =>
      lambda(tools).send(
        new UpdateEventSourceMappingCommand({ UUID: mappingOf(tools, "events"), Enabled: false }),
      ),
  },
  {
    of: MAPPING,
    event: "CreateEventSourceMapping",
    how: "from a queue of theirs",
    act: (tools) =>
      lambda(tools).send(
        new CreateEventSourceMappingCommand({
          FunctionName: arnOf(tools),
          EventSourceArn: `arn:aws:sqs:eu-central-1:${tools.account}:theirs`,
        }),
      ),
  },
  {
    of: MAPPING,
    event: "DeleteEventSourceMapping",
    act: (tools) =>
      lambda(tools).send(new DeleteEventSourceMappingCommand({ UUID: mappingOf(tools, "sweep") })),
  },
  {
    of: FUNCTION,
    event: "DeleteFunction",
    act: (tools) => lambda(tools).send(new DeleteFunctionCommand({ FunctionName: nameOf(tools) })),
  },
];
