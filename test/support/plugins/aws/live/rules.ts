import { wasDefault } from "../../check.ts";
import type { Rules } from "../../definition.ts";
import { text } from "../../wire.ts";
import type { WireMap } from "../../wire.ts";
import type { AnyType } from "./type.ts";
import { plainOf } from "./values.ts";

/** The part of the description that Check and Diff share with the mode that calls nothing. */
export function rulesOf(type: AnyType): Rules {
  const { autoname, namedAfterResource, required = [], replaceOn = [], global } = type;
  return {
    ...(autoname === undefined ? {} : { autoname, nameAround: nameAround(type, autoname) }),
    ...(namedAfterResource === undefined ? {} : { namedAfterResource }),
    required,
    replaceOn: [...replaceOn, ...(global === true ? [] : ["region"])],
  };
}

function nameAround(type: AnyType, autoname: string): NonNullable<Rules["nameAround"]> {
  return (logicalName, inputs) => [
    text(inputs[`${autoname}Prefix`]) ?? `${type.nameBefore ?? ""}${logicalName}-`,
    type.nameAfter?.(plainOf(inputs) as Record<string, unknown>) ?? "",
  ];
}

/** Whether a replacement would get the same name: then the old resource has to go first. */
export function hasOwnName(type: AnyType, olds: WireMap, news: WireMap): boolean {
  const key = type.autoname;
  return key !== undefined && olds[key] === news[key] && !wasDefault(news, key);
}
