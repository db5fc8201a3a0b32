import type { Types } from "../type.ts";
import { queue } from "./queue.ts";
import { queuePolicy, redriveAllowPolicy } from "./queueAttribute.ts";

export const types: Types = {
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": redriveAllowPolicy,
};
