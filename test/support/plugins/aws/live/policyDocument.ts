import { createHash } from "node:crypto";
import type { GetPolicyDocumentArgs } from "@pulumi/aws/iam/getPolicyDocument.js";
import type { WireMap } from "../../wire.ts";

type Statement = NonNullable<GetPolicyDocumentArgs["statements"]>[number];
type Principals = Statement["principals"];
type Document = Record<string, unknown> & { Statement?: unknown };

/** Builds a policy document as aws:iam/getPolicyDocument does; lists of one are written without the list. */
export function getPolicyDocument(args: GetPolicyDocumentArgs): WireMap {
  const { sourcePolicyDocuments = [], overridePolicyDocuments = [], statements = [] } = args;
  let merged = sourcePolicyDocuments.flatMap(statementsIn);
  merged = override(merged, statements.map(statementOf));
  merged = override(merged, overridePolicyDocuments.flatMap(statementsIn));
  const document: Document = {
    Version: args.version ?? "2012-10-17",
    ...(args.policyId === undefined ? {} : { Id: args.policyId }),
    Statement: merged,
  };
  const json = JSON.stringify(document, null, 2);
  const id = String(createHash("sha256").update(json).digest().readUInt32BE());
  return { id, json, minifiedJson: JSON.stringify(document) };
}

function statementsIn(json: string): Document[] {
  const { Statement } = JSON.parse(json) as Document;
  if (Array.isArray(Statement)) return Statement as Document[];
  return Statement === undefined ? [] : [Statement as Document];
}

/** A later statement takes the place of an earlier one of the same Sid. */
function override(statements: readonly Document[], later: readonly Document[]): Document[] {
  const sids = new Set(later.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== ""));
  return [...statements.filter(({ Sid }) => !sids.has(Sid)), ...later];
}

function statementOf(its: Statement): Document {
  const fields = {
    Sid: its.sid,
    Effect: its.effect ?? "Allow",
    Principal: principals(its.principals),
    NotPrincipal: principals(its.notPrincipals),
    Action: oneOrMore(its.actions),
    NotAction: oneOrMore(its.notActions),
    Resource: oneOrMore(its.resources),
    NotResource: oneOrMore(its.notResources),
    Condition: conditions(its.conditions),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function oneOrMore(list: readonly string[] | undefined): string | string[] | undefined {
  if (list === undefined || list.length === 0) return undefined;
  return list.length === 1 ? list[0] : [...list].sort();
}

function principals(list: Principals): unknown {
  if (list === undefined || list.length === 0) return undefined;
  const [first] = list;
  if (first?.type === "*" && first.identifiers.includes("*")) return "*";
  return Object.fromEntries(list.map(({ type, identifiers }) => [type, oneOrMore(identifiers)]));
}

function conditions(list: Statement["conditions"]): unknown {
  if (list === undefined || list.length === 0) return undefined;
  const tests: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of list) (tests[test] ??= {})[variable] = oneOrMore(values);
  return tests;
}
