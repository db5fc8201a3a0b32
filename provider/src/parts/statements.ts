import * as pulumi from "@pulumi/pulumi";
import { arnIn, type Context } from "./context.ts";
import type { Statement } from "./policy.ts";

/** What the verifier may touch, by ARN. */
export interface Reach {
  readonly regions: readonly string[];
  readonly tableArn: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  readonly busArn: pulumi.Output<string>;
  readonly eventQueueArn: pulumi.Output<string>;
  readonly sweepQueueArn: pulumi.Output<string>;
  readonly logGroupArn: pulumi.Output<string>;
  readonly bucketKmsKeyArn: pulumi.Output<string | undefined>;
  readonly codeKmsKeyArns: pulumi.Output<readonly string[]>;
  /** Keys that seal values of environment variables: `sealKeys` of the trust policy. */
  readonly configurationKeyArns: pulumi.Output<readonly string[]>;
  /** Whether a rule of the trust policy, or the verifier's own setting, ever asks for it. */
  readonly can: pulumi.Output<{ readonly block: boolean; readonly detect: boolean }>;
}

/**
 * The verifier's permissions but for {@link leverStatements}. Each is explained in docs/runtime.md by its Sid. With all
 * regions of AWS they fill two thirds of what a role may hold (10,240 characters), so that they are never there twice.
 */
export function statementsOf(context: Context, reach: Reach): pulumi.Output<readonly Statement[]> {
  const functions = reach.regions.map((region) => arnIn(context, "lambda", region, "function:*"));
  const inRegions = { StringEquals: { "aws:RequestedRegion": reach.regions } };
  const always: readonly Statement[] = [
    allow("ReadFunctions", functions, [
      "lambda:GetFunction",
      "lambda:ListAliases",
      "lambda:ListProvisionedConcurrencyConfigs",
      // Without it GetFunction leaves the tags out.
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
    ]),
    // Layers of other accounts too: their own policy decides.
    allow(
      "ReadLayers",
      reach.regions.map((region) => `arn:${context.partition}:lambda:${region}:*:layer:*`),
      ["lambda:GetLayerVersion"],
    ),
    // AWS knows no resource for these two: Service Authorization Reference, "AWS Lambda".
    {
      ...allow("ListEverything", "*", ["lambda:ListEventSourceMappings", "lambda:ListFunctions"]),
      Condition: inRegions,
    },
    allow("ReadBundles", pulumi.interpolate`${reach.bucketArn}/*`, ["s3:GetObject"]),
    allow("FindBundles", reach.bucketArn, ["s3:ListBucket"]),
    allow("State", reach.tableArn, [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
    ]),
    allow(
      "Receive",
      [reach.eventQueueArn, reach.sweepQueueArn],
      [
        // What failed comes again sooner than the queue's visibility timeout.
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ],
    ),
    allow("NextPage", reach.sweepQueueArn, ["sqs:SendMessage"]),
    allow("Notify", reach.topicArn, ["sns:Publish"]),
    allow("Tell", reach.busArn, ["events:PutEvents"]),
  ];
  const { can, bucketKmsKeyArn, codeKmsKeyArns, configurationKeyArns } = reach;
  return pulumi
    .all([can, bucketKmsKeyArn, codeKmsKeyArns, configurationKeyArns])
    .apply(([{ detect }, bucketKey, codeKeys, configurationKeys]) => [
      ...always,
      ...(bucketKey === undefined ? [] : [allow("DecryptBundles", bucketKey, ["kms:Decrypt"])]),
      ...(codeKeys.length === 0 ? [] : [allow("DecryptCode", codeKeys, ["kms:Decrypt"])]),
      ...(configurationKeys.length === 0
        ? []
        : [allow("VerifyConfiguration", configurationKeys, ["kms:VerifyMac"])]),
      ...(detect ? [allow("Detect", functions, ["lambda:TagResource", "lambda:UntagResource"])] : []),
    ]);
}

/** What it may besides where a rule asks for blocks. Never empty, as a policy may not be: the log is needed anyway. */
export function leverStatements(
  context: Context,
  { regions, logGroupArn, can }: Pick<Reach, "regions" | "logGroupArn" | "can">,
): pulumi.Output<readonly Statement[]> {
  const functions = regions.map((region) => arnIn(context, "lambda", region, "function:*"));
  const log = pulumi.interpolate`${logGroupArn}:*`;
  return can.apply(({ block }) => [
    allow("Log", log, ["logs:CreateLogStream", "logs:PutLogEvents"]),
    ...(block
      ? [
          allow("Block", functions, [...LEVERS, "lambda:GetFunctionConcurrency"]),
          allow("ExplainBlocks", functions, ["lambda:ListFunctionEventInvokeConfigs"]),
        ]
      : []),
  ]);
}

/** Stop a function, and give back what that took. */
const LEVERS: readonly string[] = [
  "lambda:DeleteFunctionConcurrency",
  "lambda:DeleteProvisionedConcurrencyConfig",
  "lambda:PutFunctionConcurrency",
  "lambda:PutProvisionedConcurrencyConfig",
];

/** Whatever goes wrong in it, the verifier cannot stop or tag itself. */
export function neverItself(functionArn: pulumi.Output<string>): Statement {
  return {
    Sid: "NeverItself",
    Effect: "Deny",
    Action: [...LEVERS, "lambda:TagResource", "lambda:UntagResource"],
    Resource: [functionArn, pulumi.interpolate`${functionArn}:*`],
  };
}

function allow(Sid: string, Resource: Statement["Resource"], Action: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
