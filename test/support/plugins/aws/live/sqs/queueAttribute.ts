import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { found } from "../errors.ts";
import { policyText } from "../iam/documents.ts";
import type { AnyType, At } from "../type.ts";
import { live } from "../type.ts";

interface Args {
  queueUrl: string;
  [document: string]: unknown;
}

const sqs = (at: At): SQSClient => at.client(SQSClient, "sqs");

/** A document of a queue that is a resource of its own. */
function attribute(key: string, name: "Policy" | "RedriveAllowPolicy"): AnyType {
  const set = async (QueueUrl: string, value: string, at: At): Promise<void> => {
    await sqs(at).send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: value } }));
  };
  return live<Args>({
    required: ["queueUrl", key],
    replaceOn: ["queueUrl"],
    create: async (inputs, at) => {
      await set(inputs.queueUrl, policyText(inputs[key]), at);
      return inputs.queueUrl;
    },
    read: async (QueueUrl, at) => {
      const { Attributes } = await sqs(at).send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
      );
      const value = Attributes?.[name];
      return { queueUrl: QueueUrl, [key]: found(value === "" ? undefined : value, `${QueueUrl} ${name}`) };
    },
    update: (id, inputs, at) => set(id, policyText(inputs[key]), at),
    delete: (id, at) => set(id, "", at),
  });
}

export const queuePolicy = attribute("policy", "Policy");
export const redriveAllowPolicy = attribute("redriveAllowPolicy", "RedriveAllowPolicy");
