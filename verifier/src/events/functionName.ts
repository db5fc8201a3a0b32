import type { Place } from "../model/place.ts";

/**
 * A function's name as Lambda's API takes it: name, partial ARN or ARN, each with or without a qualifier.
 * Source: `FunctionName` in the Lambda API reference.
 */
const FUNCTION_NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:([a-z]{2}(?:-[a-z]+)+-\d):)?(\d{12}):function:|function:)?([A-Za-z0-9_-]{1,140})(?::(?:\$LATEST(?:\.PUBLISHED)?|[A-Za-z0-9_-]{1,129}))?$/;

/**
 * Where a function is, by how somebody named it.
 *
 * @param here account and region of a name that says neither
 * @returns `undefined` for what is no function's name
 */
export function parseFunctionName(text: string, here: Pick<Place, "account" | "region">): Place | undefined {
  const match = FUNCTION_NAME.exec(text);
  const name = match?.[3];
  if (name === undefined) return undefined;
  return { account: match?.[2] ?? here.account, region: match?.[1] ?? here.region, name };
}
