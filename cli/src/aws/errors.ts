import { type Code, FnsealError, messageOf } from "@fnseal/core";
import { printableLine } from "../output.ts";

/** Error names of AWS that mean: these credentials are none, or no longer. */
const CREDENTIALS = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "TokenProviderError",
  "TokenRefreshRequired",
  "UnrecognizedClientException",
]);

const DENIED =
  /^(AccessDenied(Exception)?|AuthorizationError(Exception)?|UnauthorizedOperation|NotAuthorized|Forbidden|403)$/;

const UNAVAILABLE =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServer|ServiceException|TimeoutError|RequestTimeout|AbortError|NetworkingError)/;

/** System errors of Node.js on the way to AWS. */
const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EPROTO|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|HOSTNAME_|SELF_SIGNED|UNABLE_TO)/;

interface Failed {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/**
 * What AWS, or the way to it, answered, as one line that says what to do about it.
 *
 * @param action the call as IAM names it: `lambda:ListFunctions`
 */
export function toAwsError(thrown: unknown, action: string): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  const chain = chainOf(thrown);
  const failed = chain.map(toFailed);
  const find = (test: (one: Failed) => boolean): Failed | undefined => failed.find(test);
  const make = (code: Code, text: string): FnsealError =>
    new FnsealError(code, printableLine(text.trim().replace(/\s+/g, " ")), { cause: thrown });

  const credentials = find(({ name, code }) => CREDENTIALS.has(name) || CREDENTIALS.has(code));
  if (credentials) return make("aws-credentials", credentialsText(credentials));
  if (find(({ message }) => /^Region is missing/.test(message))) return regionMissing();
  const denied = find(({ name, code, status }) => DENIED.test(name) || DENIED.test(code) || status === 403);
  if (denied || kindOf(chain) === "denied") {
    const { message } = denied ?? failed[0] ?? { message: "" };
    const named = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? action;
    return make("aws-denied", `${named} is denied: ${message}`);
  }
  const down = find(
    ({ name, code, status }) =>
      UNAVAILABLE.test(name) || NETWORK.test(code) || NETWORK.test(name) || status >= 500,
  );
  if (down || ["throttled", "unavailable"].includes(kindOf(chain) ?? "")) {
    const { name, message } = down ?? failed[0] ?? { name: "", message: "" };
    return make("aws-unavailable", `${action}: ${message === "" ? name : message}`);
  }
  const [first] = failed;
  const isAnswer = find(({ status }) => status > 0) !== undefined || kindOf(chain) !== undefined;
  // What is no answer of AWS at all is a fault of ours.
  if (!isAnswer || !first) return make("internal-error", `unexpected: ${messageOf(thrown)}`);
  return make("aws-refused", `${action}: ${first.name}: ${first.message}`);
}

/** Runs a call. @throws FnsealError as {@link toAwsError} */
export async function calling<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toAwsError(thrown, action);
  }
}

/** Whether AWS says that what was named does not exist. */
export function isNotFound(thrown: unknown): boolean {
  return chainOf(thrown)
    .map(toFailed)
    .some(({ name, status }) => status === 404 || /NotFound|NoSuch|NonExistent|DoesNotExist/.test(name));
}

export function regionMissing(): FnsealError {
  return new FnsealError("aws-region-missing", "no AWS region is set");
}

function credentialsText({ name, message }: Failed): string {
  switch (name) {
    case "CredentialsProviderError":
    case "TokenProviderError":
      return `no AWS credentials can be used: ${message}`;
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "RequestExpired":
    case "TokenRefreshRequired":
      return `the AWS credentials have expired (${name})`;
    default:
      return `AWS does not accept the credentials: ${name}: ${message}`;
  }
}

/** An error and its causes, without end only if someone built a ring. */
function chainOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = thrown; next !== undefined && chain.length < 5;) {
    chain.push(next);
    next = typeof next === "object" && next !== null && "cause" in next ? next.cause : undefined;
  }
  return chain;
}

function toFailed(thrown: unknown): Failed {
  const fields = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Readonly<
    Record<string, unknown>
  >;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const metadata = (fields["$metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  const status = metadata["httpStatusCode"];
  const name = text(fields["name"]);
  // The verifier's adapters keep of AWS's error its name alone: `lambda:GetFunction: ExpiredTokenException (status …)`.
  const kept = name === "AwsFailure" ? /^[\w-]+:\w+: (\w+)/.exec(text(fields["message"]))?.[1] : undefined;
  return {
    name: kept ?? name,
    code: text(fields["code"] ?? fields["Code"]),
    message: text(fields["message"]),
    status: typeof status === "number" ? status : 0,
  };
}

/** What the verifier's adapters made of it. */
function kindOf(chain: readonly unknown[]): string | undefined {
  const failure = chain.map(toFields).find(({ name }) => name === "AwsFailure");
  return typeof failure?.["kind"] === "string" ? failure["kind"] : undefined;
}

function toFields(thrown: unknown): Readonly<Record<string, unknown>> {
  return typeof thrown === "object" && thrown !== null ? (thrown as Record<string, unknown>) : {};
}
