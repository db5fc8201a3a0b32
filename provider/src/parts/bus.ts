import * as aws from "@pulumi/aws";
import { arnIn, common, type Context, named } from "./context.ts";
import { trusting } from "./policy.ts";
import { allowRole, createRole, type RoleArgs } from "./roles.ts";

/** The home region's own bus, and the role by which rules of all regions send to it. */
export interface Bus {
  readonly bus: aws.cloudwatch.EventBus;
  readonly forwarder: aws.iam.Role;
  readonly forwarding: aws.iam.RolePolicy;
}

/** Not the default bus: forwarded events would fire the customer's rules a second time. */
export function createBus(context: Context, args: RoleArgs): Bus {
  const bus = new aws.cloudwatch.EventBus(
    named(context, "bus"),
    { ...common(context), description: "Changes of functions, and findings of fnseal's verifier" },
    context.options,
  );
  const forwarder = createRole(context, "forwarder", args, {
    description: "Sends events of all watched regions to fnseal's bus",
    trust: trusting("events.amazonaws.com", {
      StringEquals: { "aws:SourceAccount": context.account },
      ArnLike: { "aws:SourceArn": arnIn(context, "events", "*", `rule/${context.prefix}-*`) },
    }),
  });
  const forwarding = allowRole(context, "forwarder", forwarder, [
    { Sid: "Forward", Effect: "Allow", Action: ["events:PutEvents"], Resource: bus.arn },
  ]);
  return { bus, forwarder, forwarding };
}
