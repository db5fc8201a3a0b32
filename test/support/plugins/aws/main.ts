/**
 * The stand-in for `pulumi-resource-aws`: any `aws:*` type in Pulumi's state only or, where AWS_ENDPOINT_URL or the
 * provider's `endpoints` say where, some types in that cloud.
 */
import { serve } from "../serve.ts";
import { liveAws } from "./live/backend.ts";
import { schema } from "./schema.ts";
import { other, types } from "./types.ts";

await serve({
  name: "aws",
  version: "7.48.0",
  types,
  other,
  setsRegion: true,
  schema,
  live: liveAws,
  invokes: {
    "aws:index/getCallerIdentity:getCallerIdentity": (_args, { account }) => ({
      accountId: account,
      arn: `arn:aws:iam::${account}:user/test`,
      id: account,
      userId: "AIDATEST",
    }),
    "aws:index/getRegion:getRegion": (_args, { region }) => ({ id: region, name: region, region }),
    "aws:index/getPartition:getPartition": () => ({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
  },
});
