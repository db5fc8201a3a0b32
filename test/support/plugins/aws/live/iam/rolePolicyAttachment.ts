import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { RolePolicyAttachmentArgs } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";

const iam = (at: At): IAMClient => at.client(IAMClient, "iam");

function partsOf(inputs: Partial<Inputs<RolePolicyAttachmentArgs>>): { RoleName: string; PolicyArn: string } {
  return { RoleName: nameOf(inputs.role), PolicyArn: inputs.policyArn ?? "" };
}

export const rolePolicyAttachment = live<RolePolicyAttachmentArgs>({
  required: ["role", "policyArn"],
  global: true,
  create: async (inputs, at) => {
    const parts = partsOf(inputs);
    await iam(at).send(new AttachRolePolicyCommand(parts));
    return `${parts.RoleName}/${parts.PolicyArn}`;
  },
  read: async (id, at) => {
    const [RoleName = "", ...arn] = id.split("/");
    const { AttachedPolicies = [] } = await iam(at).send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const attached = AttachedPolicies.find(({ PolicyArn }) => PolicyArn === arn.join("/"));
    return { role: RoleName, policyArn: found(attached, id).PolicyArn };
  },
  delete: async (_id, at, state) => {
    await iam(at).send(new DetachRolePolicyCommand(partsOf(state)));
  },
});
