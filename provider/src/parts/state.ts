import * as pulumi from "@pulumi/pulumi";
import type { Settled } from "../arguments/parse.ts";
import type { RuntimeVerifierArgs } from "../arguments/types.ts";
import { createBucket } from "./bucket.ts";
import type { Context } from "./context.ts";
import { createTable } from "./table.ts";
import { createTopic } from "./topic.ts";

/** What holds state or reaches people: made, or the caller's own. */
export interface State {
  readonly table: ReturnType<typeof createTable>;
  readonly topicArn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
}

/** @param given says what the caller has: that alone decides what is made */
export function createState(
  context: Context,
  owner: string,
  given: Pick<RuntimeVerifierArgs, "topicArn" | "bucket" | "objectLock">,
  args: Settled,
): State {
  const topicArn =
    given.topicArn === undefined ? createTopic(context) : known(owner, "topicArn", args.topicArn);
  const { objectLock } = given;
  const bucketName =
    given.bucket === undefined
      ? createBucket(context, "bundles", {
          kmsKeyArn: args.bucketKmsKeyArn,
          ...(objectLock === undefined ? {} : { objectLock }),
        }).bucket.bucket
      : known(owner, "bucket", args.bucket);
  return {
    table: createTable(context),
    topicArn,
    bucketName,
    bucketArn: pulumi.interpolate`arn:${context.partition}:s3:::${bucketName}`,
  };
}

function known(owner: string, name: string, value: pulumi.Output<string | undefined>): pulumi.Output<string> {
  return value.apply((text) => {
    if (text === undefined) throw new Error(`${owner}: ${name}: was given and is undefined`);
    return text;
  });
}
