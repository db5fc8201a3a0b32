import { createHash } from "node:crypto";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { InvocationArgs } from "@pulumi/aws/lambda/invocation.js";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";

/** As the bridged provider does: with `CRUD` the function is told what is done to the resource. */
async function invoke(inputs: Inputs<InvocationArgs>, action: string, at: At): Promise<string> {
  const { functionName: FunctionName, qualifier: Qualifier, lifecycleScope, terraformKey = "tf" } = inputs;
  const input = JSON.parse(inputs.input) as Record<string, unknown>;
  const told = lifecycleScope === "CRUD" ? { ...input, [terraformKey]: { action, prev_input: null } } : input;
  const Payload = Buffer.from(JSON.stringify(told));
  const answer = await at
    .client(LambdaClient, "lambda")
    .send(new InvokeCommand({ FunctionName, Qualifier, Payload }));
  const text = Buffer.from(answer.Payload ?? []).toString("utf8");
  if (answer.FunctionError !== undefined)
    throw new Error(`Lambda function (${FunctionName}) returned error: ${text}`);
  return createHash("md5").update(text).digest("hex");
}

export const invocation = live<InvocationArgs>({
  required: ["functionName", "input"],
  replaceOn: ["functionName", "qualifier"],
  create: async (inputs, at) =>
    [inputs.functionName, inputs.qualifier ?? "$LATEST", await invoke(inputs, "create", at)].join("_"),
  // There is nothing to read.
  read: async (_, __, known) => known,
  update: async (_, inputs, at) => {
    await invoke(inputs, "update", at);
  },
  delete: async (_, at, state) => {
    if (state.lifecycleScope === "CRUD") await invoke(state, "delete", at);
  },
});
