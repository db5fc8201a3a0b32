import { isDeepStrictEqual } from "node:util";
import type { Rules } from "./definition.ts";
import type { WireMap } from "./wire.ts";

export interface Difference {
  changed: string[];
  replaces: string[];
  /** Set where the new resource would have the name of the one that it replaces. */
  deleteBeforeReplace?: boolean;
}

/** Which inputs changed, and which of them cannot be changed in place. */
export function differenceOf(type: Rules, olds: WireMap, news: WireMap): Difference {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...keys]
    .filter((key) => !key.startsWith("__"))
    .filter((key) => !isDeepStrictEqual(olds[key], news[key]));
  const replaceOn = new Set([
    ...(type.replaceOn ?? []),
    ...(type.autoname === undefined ? [] : [type.autoname]),
  ]);
  return { changed, replaces: changed.filter((key) => replaceOn.has(key)) };
}
