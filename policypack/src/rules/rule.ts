import { FnsealError, messageOf } from "@fnseal/core";
import type { PolicyConfigSchema, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { wrapLoadedCopies } from "../engine/copies.ts";
import { rawProperties, type WireObject } from "../engine/wire.ts";
import { type Finding, problem } from "./finding.ts";

/** Where the catalogue of rules is. */
const DOCS = "https://github.com/fnseal/fnseal/blob/main/docs/rules.md";

/** What a rule is, apart from how Pulumi is told. */
export interface RuleDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly remediationSteps: string;
  /** Resource types that it is about; without them all. */
  readonly types?: readonly string[];
  readonly configSchema?: PolicyConfigSchema;
  readonly validate: (context: RuleContext) => Finding[] | Promise<Finding[]>;
}

/** A resource as a rule sees it. */
export interface RuleContext {
  readonly args: ResourceValidationArgs;
  /** The properties as the engine sent them. */
  readonly raw: WireObject;
  /** The provider's properties; empty where none is known. */
  readonly provider: WireObject;
}

/**
 * Makes a Pulumi policy of a rule. A rule that throws is a violation, so that an error in one resource never
 * hides another's, and never lets one pass.
 */
export function createRule(definition: RuleDefinition): ResourceValidationPolicy {
  const { name, types, validate, configSchema, ...metadata } = definition;
  const policy: ResourceValidationPolicy = {
    name,
    ...metadata,
    ...(configSchema && { configSchema }),
    enforcementLevel: "mandatory",
    tags: ["aws", "lambda", "supply-chain", "sigstore"],
    url: `${DOCS}#${name}`,
    validateResource: async (args, reportViolation) => {
      if (types && !types.includes(args.type)) return;
      for (const finding of await findingsOf(args, validate)) report(finding, reportViolation);
    },
  };
  // The SDK asks for the name when the pack is made and before each resource is read: by then its own copy is
  // loaded, whichever it is, and can be wrapped.
  Object.defineProperty(policy, "name", {
    enumerable: true,
    get: () => {
      wrapLoadedCopies();
      return name;
    },
  });
  return policy;
}

async function findingsOf(args: ResourceValidationArgs, validate: RuleDefinition["validate"]): Promise<Finding[]> {
  try {
    const raw = rawProperties(args.props);
    if (!raw) return [problem("resource-unread", "the resource did not pass through fnseal's reader")];
    // An untargeted new resource comes without properties: nothing will be done to it.
    if (Object.keys(raw).length === 0) return [];
    const provider = (args.provider && rawProperties(args.provider.props)) ?? {};
    return await validate({ args, raw, provider });
  } catch (thrown) {
    if (thrown instanceof FnsealError) return [problem(thrown.code, thrown.message)];
    return [problem("internal-error", `the rule failed: ${messageOf(thrown)}`)];
  }
}

function report({ level, text }: Finding, reportViolation: ReportViolation): void {
  switch (level) {
    case "violation":
      reportViolation(text);
      return;
    case "notice":
      asReportNotice(reportViolation)({ message: text, enforcementLevel: "advisory" });
      return;
  }
}

/**
 * The SDK takes an object here too, by which a mandatory rule can say something that stops nothing. Its types do
 * not tell. Source: @pulumi/policy, server.js, makeReportViolationFun.
 */
type ReportNotice = (notice: { readonly message: string; readonly enforcementLevel: "advisory" }) => void;

function asReportNotice(report: unknown): ReportNotice {
  return report as ReportNotice;
}
