import { readStatement } from "../statement/readStatement.ts";
import { type ParsedBundle, readBundle } from "./readBundle.ts";

class NotUsual extends Error {}

/**
 * `parseAnyBundle` for bundles whose statement is read without the schema: all but those of fnseal's own type that are
 * not as `createCodeStatement` usually writes them.
 *
 * @returns `undefined` where `parseAnyBundle` has to read it
 * @throws FnsealError as `parseAnyBundle`
 */
export function readUsualBundle(bytes: Buffer): ParsedBundle | undefined {
  try {
    return readBundle(bytes, (payload) => readStatement(payload, notUsual));
  } catch (thrown) {
    if (thrown instanceof NotUsual) return undefined;
    throw thrown;
  }
}

function notUsual(): never {
  throw new NotUsual();
}
