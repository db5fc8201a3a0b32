import {
  AddPermissionCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionUrlAuthType } from "@aws-sdk/client-lambda";
import type { PermissionArgs } from "@pulumi/aws/lambda/permission.js";
import { found } from "../errors.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

/** A statement as Lambda writes it into a function's policy. */
interface Statement {
  Sid: string;
  Action: string;
  Principal: string | { Service?: string; AWS?: string };
  Condition?: Record<string, Record<string, string> | undefined>;
}

/** Lambda writes an account as its root's ARN. */
function principalOf({ Principal }: Statement, known: string | undefined): string | undefined {
  const principal = typeof Principal === "string" ? Principal : (Principal.Service ?? Principal.AWS);
  return known !== undefined && principal === `arn:aws:iam::${known}:root` ? known : principal;
}

export const permission = live<PermissionArgs>({
  autoname: "statementId",
  required: ["action", "function", "principal"],
  defaults: { sourceArn: undefined, sourceAccount: undefined },
  create: async (inputs, at) => {
    await lambda(at).send(
      new AddPermissionCommand({
        FunctionName: nameOf(inputs.function),
        StatementId: inputs.statementId,
        Action: inputs.action,
        Principal: inputs.principal,
        SourceArn: inputs.sourceArn,
        SourceAccount: inputs.sourceAccount,
        PrincipalOrgID: inputs.principalOrgId,
        EventSourceToken: inputs.eventSourceToken,
        Qualifier: inputs.qualifier,
        FunctionUrlAuthType: inputs.functionUrlAuthType as FunctionUrlAuthType | undefined,
      }),
    );
    return inputs.statementId ?? "";
  },
  read: async (id, at, known) => {
    const { Policy = "{}" } = await lambda(at).send(
      new GetPolicyCommand({ FunctionName: nameOf(known.function), Qualifier: known.qualifier }),
    );
    const { Statement: list = [] } = JSON.parse(Policy) as { Statement?: Statement[] };
    const its = found(
      list.find(({ Sid }) => Sid === id),
      id,
    );
    return {
      statementId: id,
      function: known.function,
      action: its.Action,
      principal: principalOf(its, known.principal),
      sourceArn: (its.Condition?.["ArnLike"] ?? its.Condition?.["ArnEquals"])?.["AWS:SourceArn"],
      sourceAccount: its.Condition?.["StringEquals"]?.["AWS:SourceAccount"],
    };
  },
  delete: async (StatementId, at, state) => {
    const { qualifier: Qualifier } = state;
    await lambda(at).send(
      new RemovePermissionCommand({ FunctionName: nameOf(state.function), StatementId, Qualifier }),
    );
  },
});
