import type { Place } from "../model/place.ts";
import { AwsFailure } from "../awsFailure.ts";

/** A function as an ARN names it, and the qualifier behind it. */
export interface FunctionArn {
  readonly place: Place;
  readonly qualifier: string | undefined;
}

/** Reads `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`; `undefined` where it is none. */
export function parseFunctionArn(arn: string | undefined): FunctionArn | undefined {
  const [scheme, , service, region, account, kind, name, qualifier, more] = (arn ?? "").split(":");
  if (scheme !== "arn" || service !== "lambda" || kind !== "function" || more !== undefined) return undefined;
  if (!region || !account || !name) return undefined;
  return { place: { account, region, name }, qualifier };
}

/** A layer version as its ARN names it. */
export interface LayerArn {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

/** Reads `arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION`; `undefined` where it is none. */
export function parseLayerArn(arn: string): LayerArn | undefined {
  const [scheme, , service, region, account, kind, name, version, more] = arn.split(":");
  if (scheme !== "arn" || service !== "lambda" || kind !== "layer" || more !== undefined) return undefined;
  return region && account && name && version ? { region, account, name } : undefined;
}

/** The region in any ARN of Lambda. @throws AwsFailure `invalid` */
export function regionOf(arn: string, action: string): string {
  const region = arn.split(":")[3];
  if (!region) throw new AwsFailure("invalid", action, `${action}: an ARN without a region`);
  return region;
}
