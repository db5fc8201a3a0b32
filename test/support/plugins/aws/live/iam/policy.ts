import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import type { PolicyArgs } from "@pulumi/aws/iam/policy.js";
import { found } from "../errors.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";
import { decoded, policyText } from "./documents.ts";

const iam = (at: At): IAMClient => at.client(IAMClient, "iam");

/** AWS keeps five versions of a policy, and deletes none itself. */
async function dropOldVersions(PolicyArn: string, at: At): Promise<void> {
  const { Versions = [] } = await iam(at).send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (IsDefaultVersion !== true)
      await iam(at).send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
}

export const policy = live<PolicyArgs>({
  autoname: "name",
  required: ["policy"],
  replaceOn: ["description", "path"],
  defaults: { tags: {} },
  computed: ["arn", "policyId", "attachmentCount", "tagsAll"],
  global: true,
  create: async (inputs, at) => {
    const made = await iam(at).send(
      new CreatePolicyCommand({
        PolicyName: inputs.name,
        PolicyDocument: policyText(inputs.policy),
        Path: inputs.path,
        Description: inputs.description,
        Tags: tagList(inputs.tags),
      }),
    );
    return found(made.Policy?.Arn, "the policy's ARN");
  },
  read: async (PolicyArn, at) => {
    const { Policy } = await iam(at).send(new GetPolicyCommand({ PolicyArn }));
    const its = found(Policy, PolicyArn);
    const VersionId = its.DefaultVersionId;
    const { PolicyVersion } = await iam(at).send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return {
      arn: PolicyArn,
      name: its.PolicyName,
      path: its.Path,
      policyId: its.PolicyId,
      attachmentCount: its.AttachmentCount,
      policy: decoded(PolicyVersion?.Document),
      ...tagOutputs(its.Tags),
    };
  },
  update: async (PolicyArn, inputs, at, state) => {
    const PolicyDocument = policyText(inputs.policy);
    if (!covers(PolicyDocument, policyText(state.policy))) {
      await dropOldVersions(PolicyArn, at);
      await iam(at).send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    }
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await iam(at).send(new UntagPolicyCommand({ PolicyArn, TagKeys: removed }));
    if (set) await iam(at).send(new TagPolicyCommand({ PolicyArn, Tags: tagList(set) }));
  },
  delete: async (PolicyArn, at) => {
    await dropOldVersions(PolicyArn, at);
    await iam(at).send(new DeletePolicyCommand({ PolicyArn }));
  },
});
