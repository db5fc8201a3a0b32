import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy.js";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { nameOf } from "../values.ts";
import { decoded, policyText } from "./documents.ts";

const iam = (at: At): IAMClient => at.client(IAMClient, "iam");

async function put(inputs: Inputs<RolePolicyArgs>, at: At): Promise<string> {
  const { name: PolicyName = "" } = inputs;
  const RoleName = nameOf(inputs.role);
  const PolicyDocument = policyText(inputs.policy);
  await iam(at).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  return `${RoleName}:${PolicyName}`;
}

/** Role and policy: `role:policy`. */
function partsOf(id: string): { RoleName: string; PolicyName: string } {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
}

export const rolePolicy = live<RolePolicyArgs>({
  autoname: "name",
  required: ["role", "policy"],
  replaceOn: ["role"],
  global: true,
  create: put,
  read: async (id, at) => {
    const { RoleName, PolicyName } = partsOf(id);
    const { PolicyDocument } = await iam(at).send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return { role: RoleName, name: PolicyName, policy: decoded(PolicyDocument) };
  },
  update: async (_id, inputs, at) => {
    await put(inputs, at);
  },
  delete: async (id, at) => {
    await iam(at).send(new DeleteRolePolicyCommand(partsOf(id)));
  },
});
