import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { VersionFacts } from "../model/facts.ts";
import { required, sha256Of } from "./answers.ts";

/** What AWS says about one version. @throws AwsFailure `unavailable` where the answer is not whole */
export function toVersionFacts(answer: FunctionConfiguration, action: string): VersionFacts {
  const packageType = answer.PackageType === "Image" ? "Image" : "Zip";
  return {
    version: required(answer.Version, "Version", action),
    codeSha256: packageType === "Zip" ? sha256Of(answer.CodeSha256, action) : (answer.CodeSha256 ?? ""),
    packageType,
    codeSize: answer.CodeSize ?? 0,
    layers: (answer.Layers ?? []).map(({ Arn }) => ({ arn: required(Arn, "Layers", action) })),
    configuration: withoutEmpty(decisive(answer)),
  };
}

/**
 * What decides which code runs, how it is started, what it sees and with whose rights. In the order of the API page
 * "FunctionConfiguration".
 *
 * Left out is what AWS changes by itself (State, LastUpdateStatus, RevisionId, LastModified; ConfigSha256, which
 * covers more than this; SnapStart's OptimizationStatus; RuntimeVersionConfig, which moves whenever AWS patches a
 * runtime, and a function must not count as changed by that), and what only says how long, how large, or where logs,
 * traces and failed events go: Timeout, MemorySize, EphemeralStorage, LoggingConfig, TracingConfig,
 * DeadLetterConfig, DurableConfig, Description. Layers are listed apart.
 */
function decisive(answer: FunctionConfiguration): Record<string, unknown> {
  const { VpcConfig: vpc, Environment: environment, ImageConfigResponse: image } = answer;
  return {
    Runtime: answer.Runtime,
    Role: answer.Role,
    Handler: answer.Handler,
    PackageType: answer.PackageType,
    // AWS names no order for these two.
    SubnetIds: sorted(vpc?.SubnetIds),
    SecurityGroupIds: sorted(vpc?.SecurityGroupIds),
    Ipv6: vpc?.Ipv6AllowedForDualStack === true ? true : undefined,
    // Where the key may not be used there is an error in their place. That it is so stays, its words may not.
    Environment: environment?.Error ? "unreadable" : environment?.Variables,
    KMSKeyArn: answer.KMSKeyArn,
    MasterArn: answer.MasterArn,
    FileSystemConfigs: answer.FileSystemConfigs?.map(({ Arn, LocalMountPath }) => ({ Arn, LocalMountPath })),
    ImageConfig: image?.Error ? "unreadable" : image?.ImageConfig && { ...image.ImageConfig },
    Architectures: answer.Architectures,
    SnapStart: answer.SnapStart?.ApplyOn === "None" ? undefined : answer.SnapStart?.ApplyOn,
    TenantIsolation: answer.TenancyConfig?.TenantIsolationMode,
    CapacityProvider:
      answer.CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig?.CapacityProviderArn,
  };
}

function sorted(values: readonly string[] | undefined): string[] | undefined {
  return values && [...values].sort();
}

/** Absent, null, "" and [] say the same in different answers of the API. */
function withoutEmpty(values: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}
