import type { Expr, ParsedExpr } from "@bufbuild/cel-spec/cel/expr/syntax_pb.js";

/** What a condition may name. */
export const CONDITION_VARIABLES = ["predicate", "predicateType", "target", "now"] as const;

/** Names of CEL's own types, which `type(x) == string` uses. */
const TYPES = [
  "bool",
  "bytes",
  "double",
  "int",
  "list",
  "map",
  "null_type",
  "string",
  "type",
  "uint",
  "google",
];

/**
 * The names in an expression that mean nothing: a misspelt one would only show when the first attestation is judged.
 *
 * @param isFunction whether there is a function of a name
 */
export function unknownNames(parsed: ParsedExpr, isFunction: (name: string) => boolean): string[] {
  const problems: string[] = [];
  const visit = (expression: Expr | undefined, bound: ReadonlySet<string>): void => {
    const kind = expression?.exprKind;
    switch (kind?.case) {
      case "identExpr":
        if (!bound.has(kind.value.name)) {
          problems.push(`names ${kind.value.name}; there are ${CONDITION_VARIABLES.join(", ")}`);
        }
        return;
      case "selectExpr":
        visit(kind.value.operand, bound);
        return;
      case "callExpr":
        if (!isOperator(kind.value.function) && !isFunction(kind.value.function)) {
          problems.push(`calls ${kind.value.function}, and there is no such function`);
        }
        visit(kind.value.target, bound);
        for (const argument of kind.value.args) visit(argument, bound);
        return;
      case "listExpr":
        for (const element of kind.value.elements) visit(element, bound);
        return;
      case "structExpr":
        for (const { keyKind, value } of kind.value.entries) {
          if (keyKind.case === "mapKey") visit(keyKind.value, bound);
          visit(value, bound);
        }
        return;
      case "comprehensionExpr": {
        const { iterVar, iterVar2, accuVar, iterRange, accuInit, loopCondition, loopStep, result } =
          kind.value;
        visit(iterRange, bound);
        visit(accuInit, bound);
        const inner = new Set([...bound, iterVar, iterVar2, accuVar]);
        for (const part of [loopCondition, loopStep, result]) visit(part, inner);
        return;
      }
      default:
        return;
    }
  };
  visit(parsed.expr, new Set<string>([...CONDITION_VARIABLES, ...TYPES]));
  return problems;
}

/** The parser writes operators as calls of names such as `_&&_`, `!_` and `@in`. */
function isOperator(name: string): boolean {
  return !/^[A-Za-z]/.test(name);
}
