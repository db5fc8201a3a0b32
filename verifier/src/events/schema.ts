import * as z from "zod";

/** Null, absent and of another type are the same to us: CloudTrail writes null, and leaves out what is large. */
const text = z.string().min(1).optional().catch(undefined);
const members = z.record(z.string(), z.unknown()).optional().catch(undefined);

/**
 * The members of a CloudTrail record that are looked at.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
const detail = z.object({
  eventSource: z.string(),
  eventName: z.string().min(1).max(200),
  eventID: text,
  eventTime: text,
  awsRegion: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  recipientAccountId: text,
  sourceIPAddress: text,
  userAgent: text,
  requestID: text,
  errorCode: text,
  requestParameters: members,
  responseElements: members,
  userIdentity: z
    .object({
      type: text,
      arn: text,
      principalId: text,
      invokedBy: text,
      sessionContext: z
        .object({ sessionIssuer: z.object({ arn: text }).optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** An event of EventBridge that carries a CloudTrail record of a call to Lambda. */
export const trailEventSchema = z.object({
  id: z.string().max(100),
  source: z.literal("aws.lambda"),
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  account: z.string().regex(/^\d{12}$/),
  time: z.string().max(40),
  detail,
});

export type TrailEnvelope = z.infer<typeof trailEventSchema>;
export type TrailDetail = TrailEnvelope["detail"];
