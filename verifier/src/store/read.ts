import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { FnsealError } from "@fnseal/core";
import { Readable } from "node:stream";
import { AwsFailure } from "../awsFailure.ts";
import { asking, toFailure } from "../aws/errors.ts";

const ACTION = "s3:GetObject";

/**
 * An object's bytes; `undefined` where it is gone.
 * @throws AwsFailure, and FnsealError `bundle-too-large`: known before the body is read, and again while it is
 */
export async function readObject(
  client: S3Client,
  bucket: string,
  key: string,
  limit: number,
): Promise<Buffer | undefined> {
  let body: Readable;
  let size: number | undefined;
  try {
    const answer = await asking(ACTION, () =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (!(answer.Body instanceof Readable)) throw new AwsFailure("unavailable", ACTION, `${ACTION}: no body`);
    body = answer.Body;
    size = answer.ContentLength;
    if (size !== undefined && size > limit) {
      body.destroy();
      throw tooLarge(limit);
    }
  } catch (thrown) {
    if (thrown instanceof AwsFailure && thrown.kind === "gone") return undefined;
    throw thrown;
  }
  return readAtMost(body, size ?? limit);
}

/** Straight into one buffer: what comes in pieces would be in memory twice. */
async function readAtMost(body: Readable, limit: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(limit);
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (length + chunk.length > limit) throw tooLarge(limit);
      length += chunk.copy(bytes, length);
    }
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    throw toFailure(ACTION, thrown);
  }
  return bytes.subarray(0, length);
}

function tooLarge(limit: number): FnsealError {
  return new FnsealError("bundle-too-large", `has more than the ${limit} bytes that are read`);
}
