import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { FnsealError } from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { calling, regionMissing } from "./errors.ts";

/** Who calls, by STS. */
export interface Caller {
  readonly account: string;
  /** ARN of the user, role session or root. */
  readonly arn: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

/** Clients by region, made when they are first asked for. Credentials come from the SDK's default chain. */
export interface Clients {
  lambda(region: string): LambdaClient;
  s3(region: string): S3Client;
  sns(region: string): SNSClient;
  sqs(region: string): SQSClient;
  dynamodb(region: string): DynamoDBClient;
  cloudtrail(region: string): CloudTrailClient;
  /** @param endpoint a URL in place of AWS's own */
  kms(region: string, endpoint?: string): KMSClient;
  /** @throws FnsealError `aws-credentials`, `aws-unavailable` */
  caller(region: string): Promise<Caller>;
}

/** Tries of one call: throttling and faults are waited out with growing pauses. */
const ATTEMPTS = 5;

/** @param prepare is given each Lambda client, once: a budget is put in there */
export function createClients(
  prepare: (client: LambdaClient, region: string) => void = () => undefined,
): Clients {
  const made = new Map<string, unknown>();
  const of = <T>(kind: string, region: string, make: (config: Config) => T): T => {
    const key = `${kind}/${region}`;
    const client = (made.get(key) as T | undefined) ?? make({ region, maxAttempts: ATTEMPTS });
    made.set(key, client);
    return client;
  };
  return {
    lambda: (region) =>
      of("lambda", region, (config) => {
        const client = new LambdaClient(config);
        prepare(client, region);
        return client;
      }),
    s3: (region) => of("s3", region, (config) => new S3Client({ ...config, followRegionRedirects: true })),
    sns: (region) => of("sns", region, (config) => new SNSClient(config)),
    sqs: (region) => of("sqs", region, (config) => new SQSClient(config)),
    dynamodb: (region) => of("dynamodb", region, (config) => new DynamoDBClient(config)),
    cloudtrail: (region) => of("cloudtrail", region, (config) => new CloudTrailClient(config)),
    kms: (region, endpoint) =>
      of(
        `kms ${endpoint ?? ""}`,
        region,
        (config) => new KMSClient({ ...config, ...(endpoint && { endpoint }) }),
      ),
    caller: (region) => callerOf(of("sts", region, (config) => new STSClient(config))),
  };
}

interface Config {
  readonly region: string;
  readonly maxAttempts: number;
}

async function callerOf(sts: STSClient): Promise<Caller> {
  const { Account, Arn } = await calling("sts:GetCallerIdentity", () =>
    sts.send(new GetCallerIdentityCommand()),
  );
  if (Account === undefined || Arn === undefined) {
    throw new FnsealError("aws-refused", "sts:GetCallerIdentity: the answer names nobody");
  }
  return { account: Account, arn: Arn, partition: Arn.split(":")[1] ?? "aws" };
}

/** As AWS names regions. */
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

/** @throws FnsealError `aws-region-missing` */
export function assertRegion(region: string): string {
  if (REGION.test(region)) return region;
  throw new FnsealError("aws-region-missing", `${JSON.stringify(region)} is no AWS region`);
}

/**
 * The region that is meant: the option, AWS_REGION, AWS_DEFAULT_REGION (which the SDK for JavaScript leaves aside),
 * or the profile's.
 *
 * @throws FnsealError `aws-region-missing`
 */
export async function regionOf({ env }: Pick<Environment, "env">, option?: string): Promise<string> {
  const named =
    option ?? ([env["AWS_REGION"], env["AWS_DEFAULT_REGION"]].find((value) => value) || undefined);
  if (named !== undefined) return assertRegion(named);
  try {
    return assertRegion(await new STSClient({}).config.region());
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    throw regionMissing();
  }
}
