import type { FaultRule } from "../../../support/emulator.ts";

const EVERY = ["lambda", "s3", "dynamodb", "kms", "sns", "events", "sqs"] as const;
const DENIED = { code: "AccessDeniedException", status: 403 } as const;
const DOWN = { code: "ServiceUnavailable", status: 503 } as const;

/** How each service says that it was asked too much. */
const THROTTLED: Readonly<Record<(typeof EVERY)[number], { code: string; status: number }>> = {
  lambda: { code: "TooManyRequestsException", status: 429 },
  s3: { code: "SlowDown", status: 503 },
  dynamodb: { code: "ProvisionedThroughputExceededException", status: 400 },
  kms: { code: "ThrottlingException", status: 400 },
  sns: { code: "Throttling", status: 400 },
  events: { code: "ThrottlingException", status: 400 },
  sqs: { code: "RequestThrottled", status: 400 },
};

/** Some of every kind that passes by itself, at every service: of ten attempts about one fails. */
const WEATHER: readonly FaultRule[] = [
  ...EVERY.map((service) => ({ service, probability: 0.03, error: THROTTLED[service] })),
  ...EVERY.map((service) => ({
    service,
    probability: 0.03,
    error: { code: "InternalFailure", status: 500 },
  })),
  { service: "*", probability: 0.02, reset: true },
  // It is done, and nobody hears of it.
  { service: "*", probability: 0.02, response: { abort_bytes: 1 } },
  { service: "*", probability: 0.1, latency: { min: 20, max: 400 } },
];

/** One kind of trouble after the other, each over the weather. What decides an attempt is the first that matches. */
export const STORM: Readonly<Record<string, readonly FaultRule[]>> = {
  weather: WEATHER,
  throttling: [
    ...EVERY.map((service) => ({ service, probability: 0.4, error: THROTTLED[service] })),
    ...WEATHER,
  ],
  "the table throttled": [{ service: "dynamodb", error: THROTTLED.dynamodb }, ...WEATHER],
  resets: [{ service: "*", probability: 0.3, reset: true }, ...WEATHER],
  "the store unreachable": [{ service: "s3", reset: true }, ...WEATHER],
  "answers lost": [{ service: "*", probability: 0.3, response: { abort_bytes: 1 } }, ...WEATHER],
  "SNS down": [{ service: "sns", error: DOWN }, ...WEATHER],
  "tagging refused": [
    { service: "lambda", operation: "TagResource", error: DENIED },
    { service: "lambda", operation: "UntagResource", error: DENIED },
    ...WEATHER,
  ],
  "permissions denied": [
    { service: "lambda", operation: "GetFunction", probability: 0.3, error: DENIED },
    { service: "lambda", operation: "PutFunctionConcurrency", probability: 0.5, error: DENIED },
    {
      service: "s3",
      operation: "ListObjectsV2",
      probability: 0.5,
      error: { code: "AccessDenied", status: 403 },
    },
    ...WEATHER,
  ],
  "slow answers": [{ service: "*", probability: 0.5, latency: { min: 200, max: 1500 } }, ...WEATHER],
};
