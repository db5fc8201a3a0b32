import { FnsealError } from "@fnseal/core";
import * as z from "zod";
import type { Place } from "../model/place.ts";
import type { Resources } from "../model/settings.ts";

const queueUrl = z.url({ protocol: /^https?$/ });
const arn = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `must be an ARN of ${service}`);

/** What the component writes into the Lambda's environment, and what Lambda itself does. */
const schema = z.object({
  FNSEAL_TABLE: z.string().min(1),
  FNSEAL_BUCKET: z.string().min(1),
  FNSEAL_TOPIC_ARN: arn("sns"),
  FNSEAL_BUS_NAME: z.string().min(1),
  FNSEAL_EVENT_QUEUE_URL: queueUrl,
  FNSEAL_SWEEP_QUEUE_URL: queueUrl,
  FNSEAL_MAX_RECEIVES: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, "must be a number of at least 1")
    .transform(Number),
  FNSEAL_SEAL_KEY_ARN: arn("kms"),
  FNSEAL_ROLE_ARN: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "must be the ARN of the Lambda's own role"),
  AWS_REGION: z.string().min(1),
  AWS_LAMBDA_FUNCTION_NAME: z.string().min(1),
});

/** Names of the Lambda's environment variables that the component has to set. */
export const ENVIRONMENT = Object.keys(schema.shape).filter((name) => name.startsWith("FNSEAL_"));

/** Who the verifier is and what is its own. */
export interface Identity {
  readonly own: Place;
  /** The role it runs as. */
  readonly roleArn: string;
  readonly resources: Resources;
}

/** @throws FnsealError `verifier-misconfigured` with every wrong variable by name; never with its value */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Identity {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new FnsealError(
      "verifier-misconfigured",
      `environment variables of the verifier are wrong:\n${problems.join("\n")}`,
    );
  }
  const values = parsed.data;
  const region = values.AWS_REGION;
  const account = values.FNSEAL_ROLE_ARN.split(":")[4] ?? "";
  return {
    own: { account, region, name: values.AWS_LAMBDA_FUNCTION_NAME },
    roleArn: values.FNSEAL_ROLE_ARN,
    resources: {
      table: values.FNSEAL_TABLE,
      bucket: values.FNSEAL_BUCKET,
      topicArn: values.FNSEAL_TOPIC_ARN,
      busName: values.FNSEAL_BUS_NAME,
      eventQueueUrl: values.FNSEAL_EVENT_QUEUE_URL,
      sweepQueueUrl: values.FNSEAL_SWEEP_QUEUE_URL,
      maxReceives: values.FNSEAL_MAX_RECEIVES,
      sealKeyArn: values.FNSEAL_SEAL_KEY_ARN,
      homeRegion: region,
    },
  };
}
