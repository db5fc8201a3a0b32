import type { Action } from "../model/settings.ts";
import type { FunctionRecord } from "../model/record.ts";
import type { Effect } from "./effect.ts";

export const STATUS_TAG = "fnseal:status";
export const REASON_TAG = "fnseal:reason";

type Tags = Readonly<Record<string, string>>;
/** What was written, and what may have been. */
type Written = Pick<FunctionRecord, "tag" | "tagging" | "judged">;

/** What the tags of a function should say, as it is remembered: `status reason`. */
export function wantedTag({ status, code }: Pick<Effect, "status" | "code">, isBlocked: boolean): string {
  return `${isBlocked ? "blocked" : status}${code === undefined ? "" : ` ${code}`}`;
}

/** A remembered tag as it is given to AWS; a status without reason takes the old reason away. */
export function toTags(tag: string): Readonly<Record<string, string | undefined>> {
  const [status, reason] = tag.split(" ");
  return { [STATUS_TAG]: status, [REASON_TAG]: reason };
}

/** Whether the function's tags are what they should be. */
export function isTagged(tags: Tags, tag: string): boolean {
  return Object.entries(toTags(tag)).every(([name, value]) => tags[name] === value);
}

/**
 * Whether a tag of ours says what is not so and was not written by us. A tag that is missing claims nothing.
 *
 * @param wanted what the tags should say; `undefined` where only what was written counts
 */
export function isTagForged(tags: Tags, written: Written, wanted: string | undefined): boolean {
  // Where a block could not be finished, the tag says what was found instead.
  const { judged } = written;
  const unblocked = judged && written.tagging !== undefined ? wantedTag(judged, false) : undefined;
  const known = [written.tag, written.tagging, wanted, unblocked]
    .filter((tag) => tag !== undefined)
    .map(toTags);
  return [STATUS_TAG, REASON_TAG].some((name) => {
    const value = tags[name];
    return value !== undefined && !known.some((tag) => tag[name] === value);
  });
}

/**
 * Whether tags are to be written: when they should say something else than before, when a write was not finished, and
 * when somebody else wrote ours. A missing tag alone is left alone.
 */
export function needsTag(
  tags: Tags,
  written: Written,
  wanted: string,
  actions: ReadonlySet<Action>,
): boolean {
  if (isTagged(tags, wanted)) return false;
  // Tags from before are kept true, whatever the rules ask for now.
  if (!actions.has("detect") && written.tag === undefined && written.tagging === undefined) return false;
  const isPresent = tags[STATUS_TAG] !== undefined || tags[REASON_TAG] !== undefined;
  return written.tag !== wanted || written.tagging !== undefined || isPresent;
}
