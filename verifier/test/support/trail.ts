/** CloudTrail events as EventBridge hands them over; the shape is of the AWS Lambda Developer Guide's example. */
export function trailEvent(detail: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    version: "0",
    id: "6b1e2a6c-0000-4000-8000-000000000001",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.lambda",
    account: "123456789012",
    time: "2026-05-04T10:00:01Z",
    region: "eu-central-1",
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: {
        type: "IAMUser",
        principalId: "AIDAEXAMPLE",
        arn: "arn:aws:iam::123456789012:user/mallory",
        accountId: "123456789012",
      },
      eventTime: "2026-05-04T10:00:00Z",
      eventSource: "lambda.amazonaws.com",
      eventName: "UpdateFunctionCode20150331v2",
      awsRegion: "eu-central-1",
      sourceIPAddress: "203.0.113.7",
      userAgent: "aws-cli/2.17",
      requestParameters: { functionName: "orders", publish: false },
      responseElements: { functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:orders" },
      requestID: "request-1",
      eventID: "event-1",
      recipientAccountId: "123456789012",
      ...detail,
    },
  };
}

/** The identity of a role's session. */
export function sessionOf(roleArn: string): Record<string, unknown> {
  return {
    type: "AssumedRole",
    arn: `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/session`,
    sessionContext: { sessionIssuer: { type: "Role", arn: roleArn } },
  };
}
