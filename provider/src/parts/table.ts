import * as aws from "@pulumi/aws";
import { common, type Context, named, retained } from "./context.ts";

/** The verifier's state. It can make nothing verified; losing it would lose what blocked functions get back. */
export function createTable(context: Context): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    named(context, "state"),
    {
      ...common(context),
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      ttl: { enabled: true, attributeName: "expires" },
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
    },
    retained(context),
  );
}
