export type Tags = Readonly<Record<string, string>>;

/** Tags as most services list them. */
export function tagList(tags: Tags | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** A service's list of tags as the outputs of a resource, in both their properties. */
export function tagOutputs(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | Tags | undefined,
): { tags: Tags; tagsAll: Tags } {
  const map = isList(tags)
    ? Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]))
    : (tags ?? {});
  return { tags: map, tagsAll: map };
}

function isList<Item>(value: readonly Item[] | Tags | undefined): value is readonly Item[] {
  return Array.isArray(value);
}

/** What to call so that the tags become those wanted. */
export function tagChanges(
  state: Tags | undefined,
  wanted: Tags | undefined,
): { set: Tags | undefined; removed: string[] | undefined } {
  const set = Object.entries(wanted ?? {}).filter(([key, value]) => state?.[key] !== value);
  const removed = Object.keys(state ?? {}).filter((key) => wanted?.[key] === undefined);
  return {
    set: set.length > 0 ? Object.fromEntries(set) : undefined,
    removed: removed.length > 0 ? removed : undefined,
  };
}
