import type { FunctionFacts } from "../model/facts.ts";
import type { Inspection } from "../model/inspection.ts";
import { line } from "./text.ts";

/** Triggers that are named one by one. */
const LISTED = 20;

/** What a block stops, for people: which triggers, and whether failed asynchronous events have somewhere to go. */
export function stopsOf({ facts, reach }: Pick<Inspection, "facts" | "reach">): string[] {
  const sources = reach.mappings.map(
    ({ source, qualifier }) =>
      `Event source ${source ?? "(self-managed)"}${qualifier === undefined ? "" : ` (${qualifier})`}: records wait in the source until they expire there.`,
  );
  const more = sources.length > LISTED ? [`And ${sources.length - LISTED} more event sources.`] : [];
  return [
    "Every new invocation is refused (TooManyRequestsException); those that run finish.",
    ...sources.slice(0, LISTED),
    ...more,
    asynchronous(facts),
  ].map((text) => line(text));
}

function asynchronous({ deadLetterArn, failureDestinations }: FunctionFacts): string {
  const start = "Asynchronous events (S3, SNS, EventBridge): after Lambda's retries (6 hours at most) they";
  const known = [deadLetterArn ?? [], failureDestinations ?? []].flat();
  if (known.length > 0) return `${start} go to ${known.join(" and ")}.`;
  if (deadLetterArn === null && failureDestinations) {
    return `${start} are lost: it has neither a dead-letter queue nor a destination for failures.`;
  }
  const none = deadLetterArn === null ? "the function has no dead-letter queue: " : "";
  return `${start} are lost unless there is a dead-letter queue or an on-failure destination (${none}look at its asynchronous configuration).`;
}
