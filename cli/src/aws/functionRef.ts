import { usageError } from "../errors.ts";
import { parseFunctionName } from "./verifierParts.ts";

/** A function as a person names it. What they leave out follows from credentials and region. */
export interface FunctionRef {
  readonly name: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/**
 * Reads a name, a partial ARN (`ACCOUNT:function:NAME`) or an ARN. A qualifier may follow and is left aside: versions
 * are looked at with their function.
 *
 * @param option where it was given, for the message
 * @throws FnsealError `usage-invalid`
 */
export function parseFunctionRef(text: string, option: string): FunctionRef {
  const place = parseFunctionName(text, { account: "", region: "" });
  if (!place) throw usageError(`${option} ${JSON.stringify(text)} is neither a function's name nor its ARN`);
  const { name, region, account } = place;
  return { name, region: region || undefined, account: account || undefined };
}
