import { AwsFailure, type FailureKind } from "../awsFailure.ts";

/** Names of errors by what they mean for us; of the others the status decides. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  KMSAccessDeniedException: "denied",
  KMSDisabledException: "denied",
  KMSInvalidStateException: "denied",
  KMSNotFoundException: "denied",
  InvalidClientTokenId: "denied",
  UnrecognizedClientException: "denied",
  CredentialsProviderError: "denied",
  // The next attempt fetches new ones.
  ExpiredToken: "unavailable",
  ExpiredTokenException: "unavailable",
  RequestTimeTooSkewed: "unavailable",
  RequestExpired: "unavailable",
  RequestTimeout: "unavailable",
  TimeoutError: "unavailable",
  AbortError: "unavailable",
  ResourceNotFoundException: "gone",
  ProvisionedConcurrencyConfigNotFoundException: "gone",
  NoSuchKey: "gone",
  NoSuchBucket: "gone",
  ResourceConflictException: "conflict",
  ResourceInUseException: "conflict",
  ConditionalCheckFailedException: "conflict",
  TransactionConflictException: "conflict",
  TooManyRequestsException: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  RequestLimitExceeded: "throttled",
  ProvisionedThroughputExceededException: "throttled",
  EC2ThrottledException: "throttled",
  SlowDown: "throttled",
};

/** Beyond this AWS explains itself too much. */
const LONGEST_EXPLANATION = 400;

/**
 * What the SDK threw, as an `AwsFailure`; an `AwsFailure` as it is. Anything else is a mistake of ours, and returned
 * unchanged so that it isn't taken for one of AWS.
 *
 * AWS repeats values of parameters in what it says about invalid ones, so its own words are kept only where it
 * denies or refuses. The SDK's error is not kept as cause: loggers print causes.
 *
 * @param action as IAM names it: `lambda:GetFunction`
 * @param kinds names of errors that mean something else for this call
 */
export function toFailure(
  action: string,
  thrown: unknown,
  kinds: Readonly<Record<string, FailureKind>> = {},
): unknown {
  if (thrown instanceof AwsFailure || !isRecord(thrown)) return thrown;
  const name = textOf(thrown["name"]) ?? "Error";
  const status = statusOf(thrown);
  const systemCode = textOf(thrown["code"]);
  const kind = kinds[name] ?? KINDS[name] ?? kindOfStatus(status);
  if (kind === undefined) {
    // Without a status nothing was answered. What went through the SDK's retries carries `$metadata` all the same.
    if (systemCode === undefined && !("$metadata" in thrown)) return thrown;
    return new AwsFailure("unavailable", action, `${action}: ${systemCode ?? name}`);
  }
  const explanation = kind === "denied" || kind === "conflict" ? explain(thrown["message"]) : "";
  const about = status === undefined ? name : `${name} (status ${status})`;
  return new AwsFailure(kind, action, `${action}: ${about}${explanation}`);
}

/** Awaits one call. @throws AwsFailure */
export async function asking<T>(
  action: string,
  call: () => Promise<T>,
  kinds?: Readonly<Record<string, FailureKind>>,
): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toFailure(action, thrown, kinds);
  }
}

function kindOfStatus(status: number | undefined): FailureKind | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return "denied";
  if (status === 404 || status === 410) return "gone";
  if (status === 409 || status === 412) return "conflict";
  if (status === 429) return "throttled";
  if (status === 408 || status >= 500) return "unavailable";
  // Below 400 the SDK found fault with a good answer: one that was cut off, or not what its model says.
  return status < 400 ? "unavailable" : "invalid";
}

function statusOf(thrown: Record<string, unknown>): number | undefined {
  const metadata = thrown["$metadata"];
  const status = isRecord(metadata) ? metadata["httpStatusCode"] : undefined;
  return typeof status === "number" ? status : undefined;
}

function explain(message: unknown): string {
  const text = textOf(message);
  return text === undefined || text === "" ? "" : `: ${text.slice(0, LONGEST_EXPLANATION)}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
