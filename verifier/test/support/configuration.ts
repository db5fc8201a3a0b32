import type { Settings } from "../../src/model/settings.ts";

/** What the component writes by default. */
export const settings: Settings = {
  actions: ["detect", "notify"],
  regions: ["eu-central-1"],
  scope: { include: ["*"], exclude: [], tags: {} },
  breaker: { blocksPerHour: 5 },
  sweep: { getFunctionPerSecond: 20, othersPerSecond: 3, trustSealedForDays: 7 },
  download: { bytes: 262_144_000, milliseconds: 60_000 },
  documentation: "https://example.com/errors",
};

/** The Lambda's environment. */
export const environment: Readonly<Record<string, string>> = {
  FNSEAL_TABLE: "fnseal-state",
  FNSEAL_BUCKET: "fnseal-bundles",
  FNSEAL_TOPIC_ARN: "arn:aws:sns:eu-central-1:123456789012:fnseal",
  FNSEAL_BUS_NAME: "fnseal",
  FNSEAL_EVENT_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/fnseal-events",
  FNSEAL_SWEEP_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/fnseal-sweep",
  FNSEAL_MAX_RECEIVES: "8",
  FNSEAL_SEAL_KEY_ARN: "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000",
  FNSEAL_ROLE_ARN: "arn:aws:iam::123456789012:role/fnseal/verifier",
  AWS_REGION: "eu-central-1",
  AWS_LAMBDA_FUNCTION_NAME: "fnseal",
};
