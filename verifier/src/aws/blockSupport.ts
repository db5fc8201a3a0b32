import type { FunctionConfiguration } from "@aws-sdk/client-lambda";

/**
 * Why reserved concurrency 0 does not stop a function; `undefined` where it does.
 *
 * - A Lambda@Edge replica (`MasterArn` is set) belongs to CloudFront, which makes and removes it. The function in
 *   us-east-1 that it copies shows no sign of it.
 * - On managed instances (`CapacityProviderConfig` is set) execution environments are there before any invocation
 *   and scale by PutFunctionScalingConfig.
 *
 * Durable functions are invoked like others: reserved concurrency holds for each of their invocations.
 */
export function blockUnsupported(answer: FunctionConfiguration): string | undefined {
  if (answer.MasterArn) {
    return "it is a Lambda@Edge replica: remove its association with the CloudFront distribution";
  }
  if (answer.CapacityProviderConfig) {
    return "it runs on Lambda Managed Instances, which scale apart from reserved concurrency";
  }
  return undefined;
}
