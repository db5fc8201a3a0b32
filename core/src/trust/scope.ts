import type { RuleDocument, TrustPolicyDocument } from "./schema.ts";
import type { Exception, Scope } from "./types.ts";

type ScopeDocument = Pick<
  RuleDocument,
  "functions" | "layers" | "files" | "programs" | "regions" | "accounts" | "tags"
>;

/**
 * Without any names a scope is about all functions and layers; with some, about what they name only. Files and programs
 * are never meant unnamed: whoever may sign functions must not so come to sign what deploys them.
 */
export function resolveScope(document: ScopeDocument): Scope {
  const { functions, layers, files, programs } = document;
  const everything = [functions, layers, files, programs].every((names) => names === undefined);
  return {
    functions: functions ?? (everything ? ["*"] : []),
    layers: layers ?? (everything ? ["*"] : []),
    files,
    programs,
    regions: document.regions,
    accounts: document.accounts,
    tags: document.tags,
  };
}

export function resolveException(
  document: NonNullable<TrustPolicyDocument["exceptions"]>[number],
): Exception {
  return {
    scope: resolveScope({ ...document, tags: undefined }),
    reason: document.reason,
    until: document.until,
  };
}
