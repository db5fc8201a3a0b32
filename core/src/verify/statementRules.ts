import { type ContentContext, contentProblem } from "../attestations/check.ts";
import type { ParsedBundle } from "../bundle/index.ts";
import { matchesAny } from "../statement/glob.ts";
import { CODE_PREDICATE_TYPE } from "../statement/types.ts";
import type { Rule } from "../trust/index.ts";
import type { Problem } from "./problem.ts";

/** Whether a rule is about what was signed at all, whoever signed it. */
export function typeProblem(bundle: ParsedBundle, rule: Rule): Problem | undefined {
  const accepts = `${rule.name} accepts ${[...rule.accept].join(", ")}`;
  if (bundle.kind === "message") {
    if (rule.accept.has("message-signature")) return undefined;
    const message = `it signs the file but approves it for nothing; ${accepts}`;
    return { code: "type-not-accepted", message };
  }
  const { predicateType, code } = bundle.statement;
  if (code && predicateType === CODE_PREDICATE_TYPE) {
    return rule.accept.has("fnseal") ? undefined : { code: "type-not-accepted", message: accepts };
  }
  if (rule.accept.has(predicateType)) return undefined;
  const type = JSON.stringify(predicateType.slice(0, 200));
  return { code: "type-not-accepted", message: `it says ${type}; ${accepts}` };
}

/** Whether what was signed approves this code for this target. */
export function statementProblem(
  bundle: ParsedBundle,
  rule: Rule,
  context: ContentContext,
): Problem | undefined {
  const { target } = context;
  const otherType = typeProblem(bundle, rule);
  if (otherType || bundle.kind === "message") return otherType;
  const { predicateType, code, predicate } = bundle.statement;
  if (!code || predicateType !== CODE_PREDICATE_TYPE) {
    return rule.attestation && contentProblem(rule.attestation, { predicateType, predicate }, context);
  }
  const patterns = target.kind === "function" ? code.functions : code.layers;
  const covered = matchesAny(patterns, target.name);
  if (covered === true) return undefined;
  const list = patterns.length > 0 ? `${target.kind}s ${patterns.join(", ")}` : `no ${target.kind}`;
  if (covered === false) return { code: "function-not-covered", message: `it is for ${list}` };
  return { code: "function-unknown", message: `it is for ${list}, and the name is not known` };
}
