import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import type { RoleArgs } from "@pulumi/aws/iam/role.js";
import { found } from "../errors.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";
import { decoded, policyText } from "./documents.ts";
import { inlinePoliciesOf, setInlinePolicies } from "./inlinePolicies.ts";

const iam = (at: At): IAMClient => at.client(IAMClient, "iam");

/** Policies that the role itself names; others are attached by resources of their own. */
async function setManagedPolicies(name: string, inputs: Inputs<RoleArgs>, at: At): Promise<void> {
  if (inputs.managedPolicyArns === undefined) return;
  const attached = await attachedTo(name, at);
  for (const PolicyArn of inputs.managedPolicyArns.filter((arn) => !attached.includes(arn)))
    await iam(at).send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
  for (const PolicyArn of attached.filter((arn) => inputs.managedPolicyArns?.includes(arn) === false))
    await iam(at).send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn }));
}

async function attachedTo(RoleName: string, at: At): Promise<string[]> {
  const { AttachedPolicies = [] } = await iam(at).send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn);
}

export const role = live<RoleArgs>({
  autoname: "name",
  required: ["assumeRolePolicy"],
  replaceOn: ["path"],
  defaults: { tags: {}, description: "", permissionsBoundary: undefined, maxSessionDuration: 3600 },
  computed: ["arn", "createDate", "uniqueId", "tagsAll"],
  global: true,
  create: async (inputs, at) => {
    const RoleName = inputs.name ?? "";
    await iam(at).send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: policyText(inputs.assumeRolePolicy),
        Path: inputs.path,
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(inputs.tags),
      }),
    );
    await setInlinePolicies(RoleName, inputs.inlinePolicies, iam(at));
    await setManagedPolicies(RoleName, inputs, at);
    return RoleName;
  },
  read: async (name, at, known) => {
    const { Role } = await iam(at).send(new GetRoleCommand({ RoleName: name }));
    const its = found(Role, name);
    return {
      name,
      arn: its.Arn,
      uniqueId: its.RoleId,
      createDate: its.CreateDate,
      path: its.Path,
      assumeRolePolicy: decoded(its.AssumeRolePolicyDocument),
      description: its.Description,
      maxSessionDuration: its.MaxSessionDuration ?? 3600,
      permissionsBoundary: its.PermissionsBoundary?.PermissionsBoundaryArn,
      ...(known.inlinePolicies === undefined
        ? {}
        : { inlinePolicies: await inlinePoliciesOf(name, iam(at)) }),
      ...(known.managedPolicyArns === undefined ? {} : { managedPolicyArns: await attachedTo(name, at) }),
      ...tagOutputs(its.Tags),
    };
  },
  update: async (RoleName, inputs, at, state) => {
    const { description: Description = "", maxSessionDuration: MaxSessionDuration } = inputs;
    const PolicyDocument = policyText(inputs.assumeRolePolicy);
    if (!covers(PolicyDocument, policyText(state.assumeRolePolicy)))
      await iam(at).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const { description, maxSessionDuration = 3600 } = state;
    if (!covers([Description, MaxSessionDuration ?? 3600], [description ?? "", maxSessionDuration]))
      await iam(at).send(new UpdateRoleCommand({ RoleName, Description, MaxSessionDuration }));
    const { permissionsBoundary: PermissionsBoundary } = inputs;
    if (PermissionsBoundary !== undefined && PermissionsBoundary !== state.permissionsBoundary)
      await iam(at).send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    if (PermissionsBoundary === undefined && state.permissionsBoundary !== undefined)
      await iam(at).send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await iam(at).send(new UntagRoleCommand({ RoleName, TagKeys: removed }));
    if (set) await iam(at).send(new TagRoleCommand({ RoleName, Tags: tagList(set) }));
    // A list that was dropped from the program leaves the policies, as the real provider does.
    if (!covers(inputs.inlinePolicies, state.inlinePolicies))
      await setInlinePolicies(RoleName, inputs.inlinePolicies, iam(at));
    await setManagedPolicies(RoleName, inputs, at);
  },
  delete: async (RoleName, at, state) => {
    const forced = state.forceDetachPolicies === true;
    if (forced || state.inlinePolicies !== undefined) {
      const { PolicyNames = [] } = await iam(at).send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await iam(at).send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    }
    if (forced || state.managedPolicyArns !== undefined) {
      for (const PolicyArn of await attachedTo(RoleName, at))
        await iam(at).send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    await iam(at).send(new DeleteRoleCommand({ RoleName }));
  },
});
