import { UpdateFunctionConfigurationCommand, GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type FaultProxy, startFaultProxy } from "../../../support/emulator.ts";
import type { Watched } from "./watched.ts";

export interface Faults {
  /** Stands between the verifier and AWS, and between nobody else and AWS. */
  readonly proxy: FaultProxy;
  /** Kills the verifier in the middle of what it does. @returns how many processes of it were at work */
  readonly kill: () => Promise<number>;
}

export interface FaultOptions {
  /** How soon a message of a verifier that died comes again, in seconds; the component's is a quarter of an hour. */
  readonly visibilitySeconds?: number;
  /** After so many tries a message goes to the dead-letter queue; the component's ten take an hour. */
  readonly receives?: number;
}

/** Puts a fault proxy before the installed verifier, and what takes long into seconds. The caller stops the proxy. */
export async function faultsFor(watched: Watched, options: FaultOptions): Promise<Faults> {
  const { emulator, outputs, functions } = watched;
  const { visibilitySeconds, receives } = options;
  const sqs = new SQSClient(emulator.config());
  const QueueUrl = outputs.eventQueueUrl;
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] });
  const redrive = (await sqs.send(asked)).Attributes?.RedrivePolicy ?? "{}";
  const maxReceiveCount = receives ?? (JSON.parse(redrive) as { maxReceiveCount: number }).maxReceiveCount;
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: {
        ...(visibilitySeconds === undefined ? {} : { VisibilityTimeout: String(visibilitySeconds) }),
        RedrivePolicy: JSON.stringify({ ...JSON.parse(redrive), maxReceiveCount }),
      },
    }),
  );
  const proxy = await startFaultProxy(emulator.endpoint);
  const FunctionName = outputs.functionName;
  const lambda = functions.client();
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  // The SDK asks SQS where a queue's URL says.
  const throughProxy = Object.entries(Environment?.Variables ?? {}).map(([name, value]) => [
    name,
    value.replace(emulator.endpoint, proxy.endpoint),
  ]);
  const Variables = {
    ...(Object.fromEntries(throughProxy) as Record<string, string>),
    FNSEAL_MAX_RECEIVES: String(maxReceiveCount),
    AWS_ENDPOINT_URL: proxy.endpoint,
  };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  return { proxy, kill: async () => (await emulator.kill(FunctionName)).length };
}
