import { LineCounter, parseDocument } from "yaml";
import { type Problem, TrustPolicyError } from "./problems.ts";

/** A trust policy is written by people; beyond this it is something else. In characters. */
const MAXIMUM_LENGTH = 1 << 20;

/**
 * Reads YAML or JSON text. Duplicate fields are errors, aliases are not expanded (a small file could become a
 * huge one), dates stay text.
 *
 * @throws TrustPolicyError with line and column
 */
export function parseSource(text: string, where: string): unknown {
  if (text.length > MAXIMUM_LENGTH) {
    throw new TrustPolicyError(where, [{ path: "", message: "is larger than 1 MiB" }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    lineCounter: lines,
  });
  const problems = document.errors.map((error): Problem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      path: "",
      message: `line ${line}, column ${col}: ${error.message.split(/ at line|\n/)[0] ?? ""}`,
    };
  });
  if (problems.length > 0) throw new TrustPolicyError(where, problems);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new TrustPolicyError(where, [{ path: "", message: "YAML aliases (*name) are not allowed" }]);
  }
}
