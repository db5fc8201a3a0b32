import * as z from "zod";
import type { ObjectType, Property } from "./types.ts";

/** What is looked at of a JSON Schema that zod made. */
interface Json {
  readonly type?: string;
  readonly description?: string;
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly additionalProperties?: Json | boolean;
  readonly required?: readonly string[];
}

/**
 * An argument's check as a property of Pulumi's schema. Objects with named fields become types of the package.
 *
 * @param typeName of such an object
 * @param types takes the types that are needed
 */
export function propertyOf(check: z.ZodType, typeName: string, types: Map<string, ObjectType>): Property {
  return convert(z.toJSONSchema(check, { io: "input" }) as Json, typeName, types);
}

function convert(json: Json, typeName: string, types: Map<string, ObjectType>): Property {
  const described = json.description === undefined ? {} : { description: json.description };
  switch (json.type) {
    case "string":
    case "boolean":
    case "integer":
    case "number":
      return { type: json.type, ...described };
    case "array":
      return { type: "array", items: convert(json.items ?? {}, typeName, types), ...described };
    case "object":
      return { ...objectOf(json, typeName, types), ...described };
    default:
      // Alternatives of several types: Pulumi's own unions do not reach every language.
      return { $ref: "pulumi.json#/Any", ...described };
  }
}

function objectOf(json: Json, typeName: string, types: Map<string, ObjectType>): Property {
  const { properties, additionalProperties: rest } = json;
  if (properties === undefined) {
    const additionalProperties = convert(typeof rest === "object" ? rest : {}, typeName, types);
    return { type: "object", additionalProperties };
  }
  const token = `fnseal:index:${typeName}`;
  types.set(token, {
    ...(json.description === undefined ? {} : { description: json.description }),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [
        name,
        convert(each, `${typeName}${upper(name)}`, types),
      ]),
    ),
    ...(json.required === undefined || json.required.length === 0
      ? {}
      : { required: [...json.required].sort() }),
  });
  return { $ref: `#/types/${token}` };
}

/** `blocksPerHour` as `BlocksPerHour`. */
export function upper(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
