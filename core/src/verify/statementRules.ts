import { contentProblem } from "../attestations/check.ts";
import type { ParsedBundle } from "../bundle/index.ts";
import { addedExclusions, type Selection } from "../digest/selection/exclusions.ts";
import { matchesAny, matchesAnyProgram } from "../statement/glob.ts";
import { isOwnPredicateType, type Statement } from "../statement/types.ts";
import type { Rule, Target } from "../trust/index.ts";
import type { CheckContext } from "./bundleCheck.ts";
import type { Problem } from "./problem.ts";

/** Whether a rule is about what was signed at all, whoever signed it. */
export function typeProblem(bundle: ParsedBundle, rule: Rule): Problem | undefined {
  const accepts = `${rule.name} accepts ${[...rule.accept].join(", ")}`;
  if (bundle.kind === "message") {
    if (rule.accept.has("message-signature")) return undefined;
    const message = `it signs the file but approves it for nothing; ${accepts}`;
    return { code: "type-not-accepted", message };
  }
  const { predicateType } = bundle.statement;
  if (isOwnPredicateType(predicateType)) {
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
  context: CheckContext,
): Problem | undefined {
  const { target, artifact } = context;
  const otherType = typeProblem(bundle, rule);
  if (otherType || bundle.kind === "message") return otherType;
  const { predicateType, predicate } = bundle.statement;
  if (!isOwnPredicateType(predicateType)) {
    return (
      (rule.attestation && contentProblem(rule.attestation, { predicateType, predicate }, context)) ??
      exclusionProblem(rule, artifact.selection?.exclude)
    );
  }
  const { program } = bundle.statement;
  return (
    coverProblem(bundle.statement, target) ??
    (program && selectionProblem(program, artifact.selection)) ??
    exclusionProblem(rule, artifact.selection?.exclude)
  );
}

/** What a statement of fnseal's approves, by kind of target: never anything of another kind. */
function coverProblem({ code, file, program }: Statement, target: Target): Problem | undefined {
  switch (target.kind) {
    case "function":
    case "layer": {
      if (!code) return otherKind(file ? "a deployment file" : "a program", target);
      const patterns = target.kind === "function" ? code.functions : code.layers;
      return nameProblem("function-not-covered", patterns, matchesAny(patterns, target.name), target);
    }
    case "file": {
      if (!file) return otherKind(code ? "code" : "a program", target);
      return nameProblem("file-not-covered", file.files, matchesAny(file.files, target.name), target);
    }
    case "program": {
      if (!program) return otherKind(code ? "code" : "a deployment file", target);
      const covered = matchesAnyProgram(program.programs, target.name);
      return nameProblem("program-not-covered", program.programs, covered, target);
    }
  }
}

function otherKind(what: string, { kind }: Target): Problem {
  return { code: "type-not-accepted", message: `it approves ${what}, and no ${kind}` };
}

function nameProblem(
  code: "function-not-covered" | "file-not-covered" | "program-not-covered",
  patterns: readonly string[],
  covered: boolean | undefined,
  { kind }: Target,
): Problem | undefined {
  if (covered === true) return undefined;
  const list = patterns.length > 0 ? `${kind}s ${patterns.join(", ")}` : `no ${kind}`;
  if (covered === false) return { code, message: `it is for ${list}` };
  return { code: "function-unknown", message: `it is for ${list}, and the name is not known` };
}

/**
 * What was looked at may be more than what the signer looked at, and never less: with the same digest it is then the
 * same files, and none that the signer meant to see is passed over.
 */
function selectionProblem(signed: Selection, looked: Selection | undefined): Problem | undefined {
  const { include = [], exclude = [] } = looked ?? {};
  const passedOver = addedExclusions(exclude).some((pattern) => !signed.exclude.includes(pattern));
  if (!passedOver && signed.include.every((pattern) => include.includes(pattern))) return undefined;
  return { code: "bundle-other-artifact", message: "it is for another choice of the program's files" };
}

/** Whoever signs chooses what is left out; whether that still says enough, the rule decides. */
function exclusionProblem(rule: Rule, exclude: readonly string[] = []): Problem | undefined {
  const allowed = rule.allowedExclusions ?? [];
  const extra = addedExclusions(exclude).filter((pattern) => !allowed.includes(pattern));
  if (extra.length === 0) return undefined;
  const message = `it leaves out ${extra.join(", ")}, which ${rule.name} does not name under allowedExclusions`;
  return { code: "program-exclusion-not-allowed", message };
}
