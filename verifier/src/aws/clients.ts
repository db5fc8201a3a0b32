import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { KMSClient } from "@aws-sdk/client-kms";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { BundleStore } from "@fnseal/core";
import type { Resources } from "../model/settings.ts";
import type { openStore } from "./bucket.ts";
import { type ClientFor, CLIENT_SETTINGS, createClientFor } from "./clientFor.ts";

import { type ApiBudget, keepBudget } from "./keepBudget.ts";

/** Where and as whom; the SDK's defaults where nothing is given. */
export interface ClientOptions {
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly forcePathStyle?: boolean;
}

/** One client a service, made once. */
export interface Clients {
  readonly lambda: ClientFor;
  /** Lambda within the sweep's budget. */
  readonly unhurried: ClientFor;
  readonly dynamodb: DynamoDBClient;
  /** The bundle store, whose client is made when it is first asked. */
  readonly store: BundleStore;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly kms: KMSClient;
  /** What those were made with, for clients of other regions. */
  readonly options: ClientOptions;
}

/** All are of the home region but Lambda's; a topic and a key say by their ARN where they are. */
export function createClients(resources: Resources, budget: ApiBudget, options: ClientOptions = {}): Clients {
  const config = { ...CLIENT_SETTINGS, ...options, region: resources.homeRegion };
  const regionOf = (arn: string) => arn.split(":")[3] ?? resources.homeRegion;
  return {
    lambda: createClientFor(options),
    unhurried: createClientFor(options, (client) => keepBudget(client, budget)),
    dynamodb: new DynamoDBClient(config),
    store: storeLater(config, resources.bucket),
    sns: new SNSClient({ ...config, region: regionOf(resources.topicArn) }),
    sqs: new SQSClient(config),
    events: new EventBridgeClient(config),
    kms: new KMSClient({ ...config, region: regionOf(resources.sealKeyArn) }),
    options,
  };
}

function storeLater(config: Parameters<typeof openStore>[0], bucket: string): BundleStore {
  let opened: Promise<BundleStore> | undefined;
  return {
    find: async (wanted) => {
      opened ??= import("./bucket.ts").then((module) => module.openStore(config, bucket));
      return (await opened).find(wanted);
    },
  };
}
