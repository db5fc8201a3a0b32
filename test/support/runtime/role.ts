import type { Statement } from "../emulator/resources.ts";

/** What the verifier's role is given in tests. Layers of other accounts are not among it. */
export function roleStatements(
  arns: Readonly<
    Record<
      "functions" | "layers" | "bucket" | "table" | "bus" | "topic" | "key" | "events" | "sweeps",
      string
    >
  >,
): Statement[] {
  const allow = (Action: readonly string[], ...Resource: string[]): Statement => ({
    Effect: "Allow",
    Action,
    Resource,
  });
  return [
    allow(
      [
        "lambda:GetFunction",
        "lambda:GetFunctionConcurrency",
        "lambda:ListAliases",
        "lambda:ListProvisionedConcurrencyConfigs",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:DeleteProvisionedConcurrencyConfig",
        "lambda:PutFunctionConcurrency",
        "lambda:PutProvisionedConcurrencyConfig",
        "lambda:TagResource",
        "lambda:UntagResource",
      ],
      arns.functions,
    ),
    allow(["lambda:GetLayerVersion"], arns.layers),
    // AWS knows no resource for these.
    allow(["lambda:ListFunctions", "lambda:ListEventSourceMappings"], "*"),
    allow(["s3:ListBucket"], arns.bucket),
    allow(["s3:GetObject"], `${arns.bucket}/*`),
    allow(
      ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query"].map((name) => `dynamodb:${name}`),
      arns.table,
    ),
    allow(["events:PutEvents"], arns.bus),
    allow(["sns:Publish"], arns.topic),
    allow(["kms:GenerateMac"], arns.key),
    allow(
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
      arns.events,
      arns.sweeps,
    ),
    allow(["sqs:SendMessage"], arns.sweeps),
    allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "*"),
  ];
}
