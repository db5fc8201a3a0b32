import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** Sort keys are ASCII: nothing that begins with a prefix sorts behind the prefix and this. */
const LAST = "\uffff";

/** The part of a query's condition that says which sort keys: those with a prefix, and before another. */
export function rangeOf(
  prefix: string,
  before: string | undefined,
): { readonly condition: string; readonly values: Readonly<Record<string, AttributeValue>> } {
  if (before !== undefined) {
    return {
      condition: " AND #sk BETWEEN :first AND :last",
      values: {
        ":first": { S: prefix === "" ? " " : prefix },
        ":last": { S: before < `${prefix}${LAST}` ? before : `${prefix}${LAST}` },
      },
    };
  }
  if (prefix === "") return { condition: "", values: {} };
  return { condition: " AND begins_with(#sk, :prefix)", values: { ":prefix": { S: prefix } } };
}
