import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnIn, common, type Context, named } from "./context.ts";
import { policyOf, type Statement } from "./policy.ts";

/** What the account's administrators may do with the key. Making a MAC, or letting someone else, is not among it. */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
];

/**
 * The key of the seal on what the verifier remembers: what carries it was written by the verifier's role, whoever
 * else can write to the table. Its policy names that role itself, so that no permission of a role or user counts.
 */
export function createSealKey(context: Context, roleArn: pulumi.Output<string>): aws.kms.Key {
  const root = arnIn(context, "iam", "", "root");
  const shared = { Effect: "Allow", Resource: "*" } as const;
  const statements: readonly Statement[] = [
    { Sid: "Administer", ...shared, Principal: { AWS: root }, Action: ADMINISTRATION },
    {
      Sid: "OnlyTheVerifier",
      ...shared,
      Principal: { AWS: roleArn },
      Action: ["kms:GenerateMac"],
    },
  ];
  return new aws.kms.Key(
    named(context, "seal"),
    {
      ...common(context),
      description: pulumi.interpolate`Seals the state of ${context.prefix}`,
      keyUsage: "GENERATE_VERIFY_MAC",
      customerMasterKeySpec: "HMAC_256",
      policy: policyOf(statements),
    },
    context.options,
  );
}
