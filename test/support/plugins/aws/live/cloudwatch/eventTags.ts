import {
  EventBridgeClient,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { Tags } from "../tags.ts";
import type { At } from "../type.ts";

export const events = (at: At): EventBridgeClient => at.client(EventBridgeClient, "eventbridge");

/** The tags of a bus or a rule, as outputs. */
export async function eventTags(
  ResourceARN: string | undefined,
  at: At,
): Promise<ReturnType<typeof tagOutputs>> {
  const { Tags } = await events(at).send(new ListTagsForResourceCommand({ ResourceARN }));
  return tagOutputs(Tags);
}

/** Makes the tags those wanted. */
export async function setEventTags(
  ResourceARN: string | undefined,
  state: Tags | undefined,
  wanted: Tags | undefined,
  at: At,
): Promise<void> {
  const { set, removed } = tagChanges(state, wanted);
  if (removed) await events(at).send(new UntagResourceCommand({ ResourceARN, TagKeys: removed }));
  if (set) await events(at).send(new TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
}
