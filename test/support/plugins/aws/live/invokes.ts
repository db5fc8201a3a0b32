import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { WireMap } from "../../wire.ts";
import { getPolicyDocument } from "./policyDocument.ts";
import type { At } from "./type.ts";

/** Answers a function of @pulumi/aws such as `aws:index/getRegion:getRegion`. */
export async function invoke(token: string, args: Record<string, unknown>, at: At): Promise<WireMap> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity": {
      const its = await at.client(STSClient, "sts").send(new GetCallerIdentityCommand());
      const accountId = its.Account ?? "";
      return { id: accountId, accountId, arn: its.Arn ?? "", userId: its.UserId ?? "" };
    }
    case "aws:index/getRegion:getRegion": {
      const region = at.region;
      const endpoint = `ec2.${region}.amazonaws.com`;
      return { id: region, name: region, region, description: region, endpoint };
    }
    case "aws:index/getPartition:getPartition":
      return {
        id: "aws",
        partition: "aws",
        dnsSuffix: "amazonaws.com",
        reverseDnsPrefix: "com.amazonaws",
      };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return getPolicyDocument(args);
    default:
      throw new Error(`the stand-in for aws has no ${token} on a cloud`);
  }
}
