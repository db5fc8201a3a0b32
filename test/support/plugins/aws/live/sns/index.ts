import type { Types } from "../type.ts";
import { topic } from "./topic.ts";
import { topicPolicy } from "./topicPolicy.ts";
import { topicSubscription } from "./topicSubscription.ts";

export const types: Types = {
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": topicSubscription,
};
