import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type { QueueArgs } from "@pulumi/aws/sqs/queue.js";
import { found } from "../errors.ts";
import { policyText } from "../iam/documents.ts";
import { tagChanges, tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";

const sqs = (at: At): SQSClient => at.client(SQSClient, "sqs");

/** The attributes that the real provider always sets, to these numbers where the program says nothing. */
const numbers = {
  delaySeconds: ["DelaySeconds", 0],
  maxMessageSize: ["MaximumMessageSize", 262_144],
  messageRetentionSeconds: ["MessageRetentionPeriod", 345_600],
  receiveWaitTimeSeconds: ["ReceiveMessageWaitTimeSeconds", 0],
  visibilityTimeoutSeconds: ["VisibilityTimeout", 30],
} as const;

type Attributes = Record<string, string>;

/** In an update an empty text takes away what the program dropped. */
function attributesOf(inputs: Inputs<QueueArgs>, state?: Inputs<QueueArgs>): Attributes {
  const attributes: Attributes = {};
  for (const key of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const [name, standard] = numbers[key];
    attributes[name] = String(inputs[key] ?? standard);
  }
  const set = (name: string, value: string | undefined, old: unknown): void => {
    if (value !== undefined || (old !== undefined && old !== "")) attributes[name] = value ?? "";
  };
  const policy = inputs.policy === undefined ? undefined : policyText(inputs.policy);
  if (policy !== undefined) attributes["Policy"] = policy;
  set("RedrivePolicy", inputs.redrivePolicy, state?.redrivePolicy);
  if (inputs.redriveAllowPolicy !== undefined) attributes["RedriveAllowPolicy"] = inputs.redriveAllowPolicy;
  set("KmsMasterKeyId", inputs.kmsMasterKeyId, state?.kmsMasterKeyId);
  if (inputs.sqsManagedSseEnabled !== undefined)
    attributes["SqsManagedSseEnabled"] = String(inputs.sqsManagedSseEnabled);
  if (inputs.kmsDataKeyReusePeriodSeconds !== undefined)
    attributes["KmsDataKeyReusePeriodSeconds"] = String(inputs.kmsDataKeyReusePeriodSeconds);
  if (inputs.contentBasedDeduplication === true) attributes["ContentBasedDeduplication"] = "true";
  return attributes;
}

export const queue = live<QueueArgs>({
  autoname: "name",
  nameAfter: (inputs) => (inputs.fifoQueue === true ? ".fifo" : ""),
  replaceOn: ["fifoQueue"],
  defaults: {
    ...Object.fromEntries(Object.entries(numbers).map(([key, [, standard]]) => [key, standard])),
    kmsMasterKeyId: undefined,
    redrivePolicy: undefined,
    tags: {},
  },
  computed: [
    "arn",
    "url",
    "policy",
    "redrivePolicy",
    "redriveAllowPolicy",
    "sqsManagedSseEnabled",
    "tagsAll",
  ],
  create: async (inputs, at) => {
    const fifo: Attributes = inputs.fifoQueue === true ? { FifoQueue: "true" } : {};
    const Attributes = { ...attributesOf(inputs), ...fifo };
    const made = await sqs(at).send(
      new CreateQueueCommand({ QueueName: inputs.name, Attributes, tags: inputs.tags }),
    );
    return found(made.QueueUrl, "the queue's URL");
  },
  read: async (QueueUrl, at) => {
    const { Attributes: its = {} } = await sqs(at).send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const { Tags } = await sqs(at).send(new ListQueueTagsCommand({ QueueUrl }));
    const pairs = Object.entries(numbers).map(
      ([key, [name, standard]]) => [key, Number(its[name] ?? standard)] as const,
    );
    return {
      ...Object.fromEntries(pairs),
      url: QueueUrl,
      arn: its.QueueArn,
      name: QueueUrl.split("/").at(-1),
      policy: its.Policy,
      redrivePolicy: its.RedrivePolicy,
      redriveAllowPolicy: its.RedriveAllowPolicy,
      kmsMasterKeyId: its.KmsMasterKeyId,
      sqsManagedSseEnabled: its.SqsManagedSseEnabled === "true",
      fifoQueue: its.FifoQueue === "true",
      contentBasedDeduplication: its.ContentBasedDeduplication === "true",
      ...tagOutputs(Tags),
    };
  },
  update: async (QueueUrl, inputs, at, state) => {
    const Attributes = attributesOf(inputs, state);
    if (!covers(Attributes, attributesOf(state)))
      await sqs(at).send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await sqs(at).send(new UntagQueueCommand({ QueueUrl, TagKeys: removed }));
    if (set) await sqs(at).send(new TagQueueCommand({ QueueUrl, Tags: set }));
  },
  delete: async (QueueUrl, at) => {
    await sqs(at).send(new DeleteQueueCommand({ QueueUrl }));
  },
});
