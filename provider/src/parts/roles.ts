import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settled } from "../arguments/parse.ts";
import { type Context, named } from "./context.ts";
import { policyOf, type Statement } from "./policy.ts";

/** What all roles share. */
export type RoleArgs = Pick<Settled, "permissionsBoundary" | "rolePath">;

/** A role without permissions yet. */
export function createRole(
  context: Context,
  part: string,
  args: RoleArgs,
  role: { readonly trust: pulumi.Output<string>; readonly description: string },
): aws.iam.Role {
  return new aws.iam.Role(
    named(context, part),
    {
      assumeRolePolicy: role.trust,
      description: role.description,
      path: args.rolePath,
      // The provider's type knows no output that may be undefined; the engine drops it.
      permissionsBoundary: args.permissionsBoundary,
      tags: context.tags,
    },
    context.options,
  );
}

/**
 * Gives a role its permissions, inside the role: nobody else can attach them.
 *
 * @param name where the policy is called otherwise than its part. Under another name the new one comes first, and the old
 *   one goes when all else of the update is done
 */
export function allowRole(
  context: Context,
  part: string,
  role: aws.iam.Role,
  statements: pulumi.Input<readonly Statement[]>,
  name?: pulumi.Output<string>,
): aws.iam.RolePolicy {
  return new aws.iam.RolePolicy(
    named(context, part),
    { role: role.name, policy: policyOf(statements), ...(name === undefined ? {} : { name }) },
    context.options,
  );
}
