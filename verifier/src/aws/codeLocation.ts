import type { GetFunctionResponse, GetLayerVersionResponse } from "@aws-sdk/client-lambda";
import { AwsFailure } from "../awsFailure.ts";
import type { CodeLocation } from "../model/facts.ts";
import { required, sha256Of } from "./answers.ts";

/** @throws AwsFailure `denied` where AWS may not decrypt the code for us */
export function toCodeLocation({ Configuration, Code }: GetFunctionResponse, action: string): CodeLocation {
  const configuration = required(Configuration, "Configuration", action);
  const code = required(Code, "Code", action);
  // Given in place of a location: as a rule the caller may not use the key that encrypts the code.
  if (code.Error) {
    throw new AwsFailure(
      "denied",
      "kms:Decrypt",
      `${action}: its code: ${code.Error.ErrorCode ?? "an error"}`,
    );
  }
  const isImage = configuration.PackageType === "Image";
  return {
    codeSha256: isImage ? (configuration.CodeSha256 ?? "") : sha256Of(configuration.CodeSha256, action),
    codeSize: configuration.CodeSize ?? 0,
    url: isImage ? undefined : code.Location,
    resolvedImage: code.ResolvedImageUri,
  };
}

export function toLayerLocation({ Content }: GetLayerVersionResponse, action: string): CodeLocation {
  const content = required(Content, "Content", action);
  return {
    codeSha256: sha256Of(content.CodeSha256, action),
    codeSize: content.CodeSize ?? 0,
    url: content.Location,
    resolvedImage: undefined,
  };
}
