/**
 * Conditions in CEL (cel.dev). Loaded only where a trust policy has any: the evaluator takes longer to load than most
 * runs take.
 */
import { createContext, Script } from "node:vm";
import { type CelInput, CelScalar, celEnv, celFunc, isCelError, parse, plan } from "@bufbuild/cel";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { FnsealError, messageOf } from "../errors.ts";
import { lazy } from "../lazy.ts";
import type { Problem } from "../verify/problem.ts";
import { unknownNames } from "./conditionNames.ts";
import type { Condition } from "./types.ts";

/** What a condition may look at. */
export interface ConditionSubject {
  readonly predicateType: string;
  readonly predicate: unknown;
  /** The function or layer that the code is for: what is not known of it is left out. */
  readonly target: Readonly<Record<string, string>>;
  readonly now: Date;
}

/** Milliseconds that one condition may take. Nested loops over a large attestation can take any time. */
const TIME_LIMIT = 500;

/** Characters of a condition. */
export const CONDITION_LENGTH = 2000;

/**
 * Characters, or bytes, of what a condition puts together: three times what an attestation may hold. A text that is doubled
 * time and again fills the memory in less than its time.
 */
const LONGEST = 16 << 20;

function assertLength(length: number): void {
  if (length > LONGEST) throw new Error(`a text of more than ${LONGEST} characters`);
}

const { STRING, BYTES } = CelScalar;

/** In place of CEL's own, which know no limit. Lists are joined without being copied. */
const BOUNDED = lazy(() => [
  celFunc("_+_", [STRING, STRING], STRING, (left, right) => {
    assertLength(left.length + right.length);
    return left + right;
  }),
  celFunc("_+_", [BYTES, BYTES], BYTES, (left, right) => {
    assertLength(left.length + right.length);
    return new Uint8Array(Buffer.concat([left, right]));
  }),
]);

type Evaluate = (variables: Readonly<Record<string, CelInput>>) => unknown;

const environment = lazy(() => celEnv({ funcs: BOUNDED() }));
const compiled = new Map<string, Evaluate>();

/**
 * Reads a condition.
 *
 * @throws FnsealError `condition-error` where it is no CEL, or names what there is not
 */
export function compileCondition(cel: string): Evaluate {
  const known = compiled.get(cel);
  if (known) return known;
  const env = environment();
  let expression;
  try {
    expression = parse(cel);
  } catch (cause) {
    throw new FnsealError("condition-error", `is not a CEL expression: ${messageOf(cause)}`, { cause });
  }
  const [unknown] = unknownNames(expression, (name) => env.funcs.find(name) !== undefined);
  if (unknown !== undefined) throw new FnsealError("condition-error", unknown);
  const evaluate = plan(env, expression) as Evaluate;
  compiled.set(cel, evaluate);
  return evaluate;
}

/** Whether a condition is true of an attestation. Never throws; what cannot be found out in time is not true. */
export function conditionProblem(
  { cel, message }: Condition,
  subject: ConditionSubject,
): Problem | undefined {
  const shown = message ?? `the condition ${cel}`;
  const { predicateType, predicate, target, now } = subject;
  let result: unknown;
  try {
    const evaluate = compileCondition(cel);
    const variables = { predicateType, predicate, target, now: timestampFromDate(now) };
    result = withinTime(() => evaluate(variables as Record<string, CelInput>));
  } catch (thrown) {
    if (isTimeout(thrown)) {
      return { code: "condition-too-slow", message: `${shown}: took more than ${TIME_LIMIT} ms` };
    }
    return { code: "condition-error", message: `${shown}: ${messageOf(thrown)}` };
  }
  if (result === true) return undefined;
  if (result === false) {
    const says = message ?? `is not true: ${cel}`;
    return { code: "condition-not-met", message: message === undefined ? `the condition ${says}` : says };
  }
  const why = isCelError(result) ? result.message : "is neither true nor false";
  return { code: "condition-error", message: `${shown}: ${why}` };
}

const context = lazy(() => createContext({}));
const script = lazy(() => new Script("run()"));

/** Runs a function and stops it, wherever it is, when its time is over. */
function withinTime<T>(run: () => T): T {
  const sandbox = context();
  sandbox["run"] = run;
  try {
    return script().runInContext(sandbox, { timeout: TIME_LIMIT }) as T;
  } finally {
    delete sandbox["run"];
  }
}

function isTimeout(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
