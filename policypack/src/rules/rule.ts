import { FnsealError, messageOf } from "@fnseal/core";
import type {
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { settleCopies, wrapLoadedCopies } from "../engine/copies.ts";
import { rawProperties } from "../engine/wire.ts";
import type { WireObject } from "../engine/wireFormat.ts";
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
  /** Unless the pack's configuration says otherwise. Default: mandatory. */
  readonly enforcementLevel?: "mandatory" | "disabled";
  /** Resource types that it is about; without them all. */
  readonly types?: readonly string[];
  readonly configSchema?: PolicyConfigSchema;
  readonly validate: (context: RuleContext) => Finding[] | Promise<Finding[]>;
  /**
   * What only the whole stack shows: which outputs a property was made of. Asked at the end of a preview and of an
   * update, once for each resource of `types`.
   */
  readonly validateInStack?: (
    resource: StackResource,
    stack: readonly StackResource[],
  ) => Finding[] | Promise<Finding[]>;
}

/** A resource of the stack as a rule sees it: inputs and, as far as they are known, outputs. */
export interface StackResource {
  readonly urn: string;
  readonly type: string;
  readonly raw: WireObject;
  /** URNs of the resources whose outputs a property was made of, by property. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
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
  const { name, displayName, description, severity, remediationSteps, types, validateInStack, configSchema } =
    definition;
  const { enforcementLevel = "mandatory" } = definition;
  // The SDK runs both functions of a policy that has both.
  const policy: ResourceValidationPolicy & Partial<StackValidationPolicy> = {
    name,
    displayName,
    description,
    severity,
    remediationSteps,
    ...(configSchema && { configSchema }),
    enforcementLevel,
    tags: ["aws", "lambda", "supply-chain", "sigstore"],
    url: `${DOCS}#${name}`,
    validateResource: async (args, reportViolation) => {
      if (types && !types.includes(args.type)) return;
      for (const finding of await findingsOf(args, definition)) report(finding, reportViolation);
    },
    ...(validateInStack && {
      validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
        const stack = args.resources.map(toStackResource);
        for (const resource of stack) {
          if (types && !types.includes(resource.type)) continue;
          const findings = await guarded(() => validateInStack(resource, stack));
          for (const finding of findings) report(finding, reportViolation, resource.urn);
        }
      },
    }),
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

function findingsOf(args: ResourceValidationArgs, { types, validate }: RuleDefinition): Promise<Finding[]> {
  return guarded(() => {
    const raw = rawProperties(args.props);
    settleCopies(raw !== undefined);
    if (!raw) return [problem("resource-unread", "the resource did not pass through fnseal's reader")];
    // An untargeted new resource comes without properties: nothing will be done to it.
    if (types && Object.keys(raw).length === 0) return [];
    const provider = (args.provider && rawProperties(args.provider.props)) ?? {};
    return validate({ args, raw, provider });
  });
}

async function guarded(judge: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await judge();
  } catch (thrown) {
    if (thrown instanceof FnsealError) return [problem(thrown.code, thrown.message)];
    return [problem("internal-error", `the rule failed: ${messageOf(thrown)}`)];
  }
}

function toStackResource({ urn, type, props, propertyDependencies }: PolicyResource): StackResource {
  const dependencies = Object.entries(propertyDependencies).map(([name, on]): [string, string[]] => [
    name,
    on.map((other) => other.urn),
  ]);
  return {
    urn,
    type,
    raw: rawProperties(props as object) ?? {},
    dependencies: Object.fromEntries(dependencies),
  };
}

function report({ level, text }: Finding, reportViolation: ReportViolation, urn?: string): void {
  switch (level) {
    case "violation":
      reportViolation(text, urn);
      return;
    case "notice":
      asReportNotice(reportViolation)({ message: text, enforcementLevel: "advisory", ...(urn && { urn }) });
      return;
  }
}

/**
 * The SDK takes an object here too, by which a mandatory rule can say something that stops nothing. Its types do
 * not tell. Source: @pulumi/policy, server.js, makeReportViolationFun.
 */
type ReportNotice = (notice: {
  readonly message: string;
  readonly enforcementLevel: "advisory";
  readonly urn?: string;
}) => void;

function asReportNotice(report: unknown): ReportNotice {
  return report as ReportNotice;
}
