import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM policy. Always with a name, so that reviews and tests can speak of it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: pulumi.Input<"*" | Readonly<Record<string, pulumi.Input<string>>>>;
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[] | pulumi.Output<string[]>;
  readonly Condition?: pulumi.Input<object>;
}

/** The policy's document as JSON. */
export function policyOf(statements: pulumi.Input<readonly Statement[]>): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Who may take on a role. */
export function trusting(service: string, Condition?: object): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(Condition === undefined ? {} : { Condition }),
      },
    ],
  });
}

/** Refuses what does not come by TLS. */
export function onlyTls(action: string, Resource: Statement["Resource"]): Statement {
  return {
    Sid: "OnlyTls",
    Effect: "Deny",
    Principal: "*",
    Action: [action],
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
