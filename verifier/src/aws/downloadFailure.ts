import { FnsealError, systemCode } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";

const ACTION = "s3:GetObject";

/** A failure that the next attempt may not meet. */
export class Passing extends AwsFailure {
  constructor(message: string) {
    super("unavailable", ACTION, message);
  }
}

export function tooLarge(bytes: number): FnsealError {
  return new FnsealError("code-download-too-large", `more came than the ${bytes} bytes that it may have`);
}

/** What went wrong with a download, without its URL. */
export function toDownloadFailure(
  thrown: unknown,
  signal: AbortSignal,
  milliseconds: number,
): FnsealError | AwsFailure {
  if (thrown instanceof FnsealError || thrown instanceof AwsFailure) return thrown;
  const code = systemCode(thrown);
  // First, since nothing else explains it: a stream that ends for this reason may be out of time as well.
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new AwsFailure(
      "unavailable",
      ACTION,
      "the disk is full: there is no room to download the code to",
    );
  }
  if (signal.aborted) {
    return new AwsFailure("unavailable", ACTION, `the code did not come within ${milliseconds} ms`);
  }
  return new Passing(`the code's download: ${code ?? "the connection was lost"}`);
}
