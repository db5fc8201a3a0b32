import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { IAMClient } from "@aws-sdk/client-iam";
import { decoded } from "./documents.ts";

interface InlinePolicy {
  name?: string | undefined;
  policy?: string | undefined;
}

/** The policies inside the role. */
export async function inlinePoliciesOf(RoleName: string, iam: IAMClient): Promise<InlinePolicy[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const one = async (PolicyName: string): Promise<InlinePolicy> => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return { name: PolicyName, policy: decoded(PolicyDocument) };
  };
  return Promise.all(PolicyNames.map(one));
}

/** Makes the role's inline policies exactly these; where a program lists none, leaves what is there. */
export async function setInlinePolicies(
  RoleName: string,
  policies: readonly InlinePolicy[] | undefined,
  iam: IAMClient,
): Promise<void> {
  if (policies === undefined) return;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames.filter((name) => !policies.some((policy) => policy.name === name)))
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  for (const { name: PolicyName, policy: PolicyDocument } of policies)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}
