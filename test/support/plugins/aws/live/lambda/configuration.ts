import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  LogFormat,
  Runtime,
  TracingMode,
} from "@aws-sdk/client-lambda";
import type { FunctionInputs } from "./code.ts";

/** What is set alike on creation and by UpdateFunctionConfiguration. */
export type Configuration = Pick<
  CreateFunctionCommandInput,
  | "DeadLetterConfig"
  | "Description"
  | "Environment"
  | "EphemeralStorage"
  | "Handler"
  | "KMSKeyArn"
  | "Layers"
  | "LoggingConfig"
  | "MemorySize"
  | "Role"
  | "Runtime"
  | "Timeout"
  | "TracingConfig"
>;

/** What AWS has where a program says nothing, and what an update sets then. */
export const defaults = {
  deadLetterConfig: undefined,
  description: "",
  environment: undefined,
  kmsKeyArn: "",
  layers: [],
  memorySize: 128,
  reservedConcurrentExecutions: -1,
  tags: {},
  timeout: 3,
};

/** All of the configuration, so that an update also takes back what the program dropped. */
export function configuration(inputs: FunctionInputs): Configuration {
  const { loggingConfig: logs } = inputs;
  return {
    Role: inputs.role,
    Description: inputs.description ?? defaults.description,
    MemorySize: inputs.memorySize ?? defaults.memorySize,
    Timeout: inputs.timeout ?? defaults.timeout,
    Layers: inputs.layers ?? [],
    KMSKeyArn: inputs.kmsKeyArn ?? "",
    Environment: { Variables: inputs.environment?.variables ?? {} },
    EphemeralStorage: { Size: inputs.ephemeralStorage?.size ?? 512 },
    DeadLetterConfig: { TargetArn: inputs.deadLetterConfig?.targetArn ?? "" },
    TracingConfig: { Mode: (inputs.tracingConfig?.mode ?? "PassThrough") as TracingMode },
    ...(inputs.handler === undefined ? {} : { Handler: inputs.handler }),
    ...(inputs.runtime === undefined ? {} : { Runtime: inputs.runtime as Runtime }),
    ...(logs === undefined
      ? {}
      : {
          LoggingConfig: {
            LogFormat: logs.logFormat as LogFormat,
            ...(logs.logGroup === undefined ? {} : { LogGroup: logs.logGroup }),
          },
        }),
  };
}

/** On creation AWS takes no empty key and no empty target. */
export function creation(inputs: FunctionInputs): Configuration {
  const { KMSKeyArn, DeadLetterConfig, ...rest } = configuration(inputs);
  return {
    ...rest,
    ...(KMSKeyArn === "" ? {} : { KMSKeyArn }),
    ...(DeadLetterConfig?.TargetArn === "" ? {} : { DeadLetterConfig }),
  };
}

/** The configuration that AWS has, under the names of @pulumi/aws. */
export function configurationOutputs(its: FunctionConfiguration): Record<string, unknown> {
  const { LoggingConfig: logs, DeadLetterConfig: letters } = its;
  const variables = its.Environment?.Variables ?? {};
  return {
    role: its.Role,
    handler: its.Handler,
    runtime: its.Runtime,
    description: its.Description ?? "",
    memorySize: its.MemorySize,
    timeout: its.Timeout,
    packageType: its.PackageType ?? "Zip",
    architectures: its.Architectures ?? ["x86_64"],
    layers: its.Layers?.map(({ Arn }) => Arn) ?? [],
    kmsKeyArn: its.KMSKeyArn ?? "",
    environment: Object.keys(variables).length === 0 ? undefined : { variables },
    ephemeralStorage: { size: its.EphemeralStorage?.Size ?? 512 },
    deadLetterConfig: (letters?.TargetArn ?? "") === "" ? undefined : { targetArn: letters?.TargetArn },
    tracingConfig: { mode: its.TracingConfig?.Mode ?? "PassThrough" },
    loggingConfig: {
      logFormat: logs?.LogFormat ?? "Text",
      logGroup: logs?.LogGroup ?? `/aws/lambda/${its.FunctionName ?? ""}`,
      applicationLogLevel: logs?.ApplicationLogLevel,
      systemLogLevel: logs?.SystemLogLevel,
    },
  };
}
