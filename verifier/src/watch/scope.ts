import { matchesAny } from "@fnseal/core";
import type { Place } from "../model/place.ts";
import type { Settings } from "../model/settings.ts";

/** Whether a function's region and name are watched. */
export function isNameInScope(
  { name, region }: Place,
  { regions, scope }: Pick<Settings, "regions" | "scope">,
): boolean {
  return (
    regions.includes(region) &&
    matchesAny(scope.include, name) === true &&
    matchesAny(scope.exclude, name) !== true
  );
}

/** Whether its tags are those that the scope asks for: one of the values of each. */
export function areTagsInScope(
  tags: Readonly<Record<string, string>>,
  { scope }: Pick<Settings, "scope">,
): boolean {
  return Object.entries(scope.tags).every(([name, values]) => {
    const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
    return value !== undefined && values.includes(value);
  });
}
