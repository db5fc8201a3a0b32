import {
  DeleteLayerVersionCommand,
  GetLayerVersionByArnCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from "@aws-sdk/client-lambda";
import type { Architecture, LayerVersionContentInput, Runtime } from "@aws-sdk/client-lambda";
import type { LayerVersionArgs } from "@pulumi/aws/lambda/layerVersion.js";
import { bytesOf } from "../archive.ts";
import { found } from "../errors.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { archiveHash } from "./code.ts";

const lambda = (at: At): LambdaClient => at.client(LambdaClient, "lambda");

function contentOf(inputs: Inputs<LayerVersionArgs>): LayerVersionContentInput {
  if (inputs.code !== undefined) return { ZipFile: bytesOf(inputs.code) };
  const { s3Bucket: S3Bucket, s3Key: S3Key, s3ObjectVersion: S3ObjectVersion } = inputs;
  return { S3Bucket, S3Key, S3ObjectVersion };
}

export const layerVersion = live<LayerVersionArgs>({
  required: ["layerName"],
  computed: [
    ...["arn", "layerArn", "version", "codeSha256", "createdDate"],
    ...["signingJobArn", "signingProfileVersionArn", "sourceCodeHash", "sourceCodeSize"],
  ],
  create: async (inputs, at) => {
    const made = await lambda(at).send(
      new PublishLayerVersionCommand({
        LayerName: inputs.layerName,
        Content: contentOf(inputs),
        Description: inputs.description,
        LicenseInfo: inputs.licenseInfo,
        CompatibleRuntimes: inputs.compatibleRuntimes as Runtime[] | undefined,
        CompatibleArchitectures: inputs.compatibleArchitectures as Architecture[] | undefined,
      }),
    );
    return found(made.LayerVersionArn, "the layer version's ARN");
  },
  read: async (Arn, at, known) => {
    const its = await lambda(at).send(new GetLayerVersionByArnCommand({ Arn }));
    return {
      arn: Arn,
      layerArn: its.LayerArn,
      // Programs may name a layer by its ARN.
      layerName: known.layerName ?? its.LayerArn?.split(":").at(-1),
      version: String(its.Version),
      codeSha256: its.Content?.CodeSha256,
      createdDate: its.CreatedDate,
      sourceCodeHash: known.sourceCodeHash ?? archiveHash(known.code) ?? its.Content?.CodeSha256,
      sourceCodeSize: its.Content?.CodeSize,
      signingJobArn: its.Content?.SigningJobArn ?? "",
      signingProfileVersionArn: its.Content?.SigningProfileVersionArn ?? "",
    };
  },
  delete: async (arn, at) => {
    const [, , , , , , LayerName = "", version] = arn.split(":");
    await lambda(at).send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: Number(version) }));
  },
});
