import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListVersionsByFunction,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { PackageType } from "@aws-sdk/client-lambda";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import { found, retrying, until } from "../errors.ts";
import { tagChanges, tagOutputs } from "../tags.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";
import { archiveHash, architectures, codeChanged, codeKeys, codeOf } from "./code.ts";
import type { FunctionInputs } from "./code.ts";
import { configuration, configurationOutputs, creation, defaults } from "./configuration.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

/** What Lambda says of a role that IAM has not told it of yet. */
const notYetAssumable = (cause: Error): boolean =>
  /cannot be assumed|role defined for the function/.test(cause.message);

const busy = (cause: Error): boolean => cause.name === "ResourceConflictException";

/** A function takes no change while another goes on. */
async function whenReady(FunctionName: string, at: At): Promise<void> {
  const ready = async (): Promise<boolean> => {
    const its = await lambda(at).send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (its.State === "Failed" || its.LastUpdateStatus === "Failed")
      throw new Error(`${FunctionName}: ${its.StateReason ?? its.LastUpdateStatusReason ?? "failed"}`);
    return its.State !== "Pending" && its.LastUpdateStatus !== "InProgress";
  };
  await until(ready, `${FunctionName} ready`);
}

/** The number of the newest published version; `$LATEST` where the program publishes none. */
async function versionOf(FunctionName: string, publish: boolean | undefined, at: At): Promise<string> {
  if (publish !== true) return "$LATEST";
  const numbers: number[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda(at) }, { FunctionName }))
    for (const { Version } of page.Versions ?? []) if (Version !== "$LATEST") numbers.push(Number(Version));
  return numbers.length === 0 ? "$LATEST" : String(Math.max(...numbers));
}

async function setConcurrency(FunctionName: string, wanted: number, old: number, at: At): Promise<void> {
  if (wanted === old) return;
  if (wanted === -1) await lambda(at).send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else
    await lambda(at).send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: wanted }),
    );
}

async function updateSettings(
  name: string,
  inputs: FunctionInputs,
  state: FunctionInputs,
  at: At,
): Promise<void> {
  await setConcurrency(
    name,
    inputs.reservedConcurrentExecutions ?? -1,
    state.reservedConcurrentExecutions ?? -1,
    at,
  );
  const { Configuration } = await lambda(at).send(new GetFunctionCommand({ FunctionName: name }));
  const Resource = Configuration?.FunctionArn;
  const { set, removed } = tagChanges(state.tags, inputs.tags);
  if (removed) await lambda(at).send(new UntagResourceCommand({ Resource, TagKeys: removed }));
  if (set) await lambda(at).send(new TagResourceCommand({ Resource, Tags: set }));
}

export const fn = live<FunctionArgs>({
  autoname: "name",
  required: ["role"],
  replaceOn: ["packageType"],
  defaults,
  computed: [
    ...["arn", "invokeArn", "qualifiedArn", "qualifiedInvokeArn", "version", "lastModified"],
    ...["codeSha256", "sourceCodeHash", "sourceCodeSize", "tagsAll"],
  ],
  volatile: (changed, inputs) => [
    "lastModified",
    ...(codeKeys.some((key) => changed.includes(key))
      ? ["codeSha256", "sourceCodeHash", "sourceCodeSize"]
      : []),
    ...(inputs.publish === true ? ["version", "qualifiedArn", "qualifiedInvokeArn"] : []),
  ],
  create: async (inputs, at) => {
    const FunctionName = inputs.name ?? "";
    const command = new CreateFunctionCommand({
      FunctionName,
      ...creation(inputs),
      Role: inputs.role,
      Code: { ...codeOf(inputs), SourceKMSKeyArn: inputs.sourceKmsKeyArn },
      PackageType: inputs.packageType as PackageType | undefined,
      Architectures: architectures(inputs),
      Publish: inputs.publish,
      CodeSigningConfigArn: inputs.codeSigningConfigArn,
      Tags: inputs.tags,
    });
    await retrying(() => lambda(at).send(command), notYetAssumable);
    await whenReady(FunctionName, at);
    await setConcurrency(FunctionName, inputs.reservedConcurrentExecutions ?? -1, -1, at);
    return FunctionName;
  },
  read: async (name, at, known) => {
    const { Configuration, Concurrency, Tags } = await lambda(at).send(
      new GetFunctionCommand({ FunctionName: name }),
    );
    const its = found(Configuration, name);
    const arn = its.FunctionArn ?? "";
    const version = await versionOf(name, known.publish, at);
    const invokeArn = (qualified: string): string =>
      `arn:aws:apigateway:${at.region}:lambda:path/2015-03-31/functions/${qualified}/invocations`;
    return {
      name,
      arn,
      version,
      invokeArn: invokeArn(arn),
      qualifiedArn: `${arn}:${version}`,
      qualifiedInvokeArn: invokeArn(`${arn}:${version}`),
      lastModified: its.LastModified,
      codeSha256: its.CodeSha256,
      sourceCodeHash: known.sourceCodeHash ?? archiveHash(known.code) ?? its.CodeSha256,
      sourceCodeSize: its.CodeSize,
      ...configurationOutputs(its),
      reservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions ?? -1,
      ...tagOutputs(Tags),
    };
  },
  update: async (FunctionName, inputs, at, state) => {
    const wanted = configuration(inputs);
    const configured = !covers(wanted, configuration(state));
    if (configured) {
      const command = new UpdateFunctionConfigurationCommand({ FunctionName, ...wanted });
      await retrying(
        () => lambda(at).send(command),
        (cause) => notYetAssumable(cause) || busy(cause),
      );
      await whenReady(FunctionName, at);
    }
    const coded = codeChanged(inputs, state);
    if (coded) {
      const Architectures = architectures(inputs);
      const command = new UpdateFunctionCodeCommand({ FunctionName, ...codeOf(inputs), Architectures });
      await retrying(() => lambda(at).send(command), busy);
      await whenReady(FunctionName, at);
    }
    if (inputs.publish === true && (configured || coded || state.publish !== true))
      await lambda(at).send(new PublishVersionCommand({ FunctionName }));
    await updateSettings(FunctionName, inputs, state, at);
  },
  delete: async (FunctionName, at) => {
    await lambda(at).send(new DeleteFunctionCommand({ FunctionName }));
  },
});
