import { textProperty } from "../engine/value.ts";
import { type Finding, problem } from "../rules/finding.ts";
import type { StackResource } from "../rules/rule.ts";
import type { Session } from "../session.ts";

/**
 * Whether code that was judged by the hash in the engine's state is really deployed already. A new resource gets its
 * hash from the program, which can set any; only an existing one has outputs during a preview.
 */
export function checkKeptCode({ urn, raw }: StackResource, session: Session): Finding[] {
  if (!session.keptCode.has(urn) || textProperty(raw, "arn").kind === "known") return [];
  return [
    problem(
      "engine-hash-mismatch",
      "its hash is not that of the files, and there is no deployed code to keep",
    ),
  ];
}
