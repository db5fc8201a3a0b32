import { CODES, FnsealError, messageOf } from "@fnseal/core";

/**
 * An error of the bundle with AWS's SDK as one of ours: it has a copy of the class, which `instanceof` does not know.
 *
 * @param fallback the code of anything that has none
 */
export function toOwnError(thrown: unknown, fallback: FnsealError["code"], where: string): FnsealError {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (typeof code === "string" && Object.hasOwn(CODES, code)) {
    return new FnsealError(code as FnsealError["code"], messageOf(thrown), { cause: thrown });
  }
  return new FnsealError(fallback, `${where}: ${messageOf(thrown)}`, { cause: thrown });
}
