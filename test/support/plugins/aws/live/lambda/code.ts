import type { Architecture, FunctionCode } from "@aws-sdk/client-lambda";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import { bytesOf } from "../archive.ts";
import type { Inputs } from "../type.ts";
import { covers } from "../values.ts";

export type FunctionInputs = Inputs<FunctionArgs>;

/** The keys that say what the code is, and those that only say when to send it again. */
export const codeKeys = [
  "code",
  "s3Bucket",
  "s3Key",
  "s3ObjectVersion",
  "imageUri",
  "sourceCodeHash",
  "codeSha256",
] as const;

/** Where AWS gets the code from. */
export function codeOf(inputs: FunctionInputs): FunctionCode {
  if (inputs.imageUri !== undefined) return { ImageUri: inputs.imageUri };
  if (inputs.code !== undefined) return { ZipFile: bytesOf(inputs.code) };
  const { s3Bucket: S3Bucket, s3Key: S3Key, s3ObjectVersion: S3ObjectVersion } = inputs;
  return { S3Bucket, S3Key, S3ObjectVersion };
}

/** Whether the code has to be sent again: the program's changed, or AWS has other code than `codeSha256` says. */
export function codeChanged(inputs: FunctionInputs, state: FunctionInputs): boolean {
  const changed = codeKeys.some((key) => inputs[key] !== undefined && !covers(inputs[key], state[key]));
  return changed || !covers(architectures(inputs), architectures(state));
}

export function architectures(inputs: FunctionInputs): Architecture[] {
  return (inputs.architectures ?? ["x86_64"]) as Architecture[];
}

/** The hash that the engine gives to an archive: the real provider's `sourceCodeHash` where the program sets none. */
export function archiveHash(code: unknown): string | undefined {
  if (typeof code !== "object" || code === null || !("hash" in code)) return undefined;
  return typeof code.hash === "string" ? code.hash : undefined;
}
