import { type Code, FnsealError } from "@fnseal/core";
import { printableLine } from "../../output.ts";
import { toAwsError } from "../errors.ts";

/** What KMS answers, by the name of its error. Source: the API pages of GetPublicKey, Sign and GenerateMac. */
const CODES: Readonly<Record<string, Code>> = {
  NotFoundException: "kms-key-not-found",
  InvalidArnException: "kms-key-not-found",
  DisabledException: "kms-key-disabled",
  KMSInvalidStateException: "kms-key-disabled",
  KeyUnavailableException: "kms-key-disabled",
  InvalidKeyUsageException: "kms-key-unusable",
  UnsupportedOperationException: "kms-key-unusable",
  IncorrectKeyException: "kms-key-unusable",
};

const THROTTLED = /^(Throttl|TooManyRequests|LimitExceeded|RequestLimitExceeded)/;

/**
 * Asks KMS about one key.
 *
 * @param action as IAM names it: `kms:Sign`
 * @throws FnsealError `kms-…`, `aws-…`
 */
export async function askingKms<T>(action: string, uri: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw toKmsError(thrown, action, uri);
  }
}

function toKmsError(thrown: unknown, action: string, uri: string): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  const { name, message } = thrown instanceof Error ? thrown : { name: "", message: "" };
  const make = (code: Code): FnsealError =>
    new FnsealError(code, printableLine(`${action} of ${uri}: ${name}: ${message}`.replace(/\s+/g, " ")), {
      cause: thrown,
    });
  const known = Object.hasOwn(CODES, name) ? CODES[name] : undefined;
  if (known) return make(known);
  if (THROTTLED.test(name)) return make("kms-throttled");
  const error = toAwsError(thrown, action);
  return error.code === "aws-denied" ? make("kms-denied") : error;
}
