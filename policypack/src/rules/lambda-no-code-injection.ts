import { describeVerdict, judgeInjection, passes, type Verdict } from "@fnseal/core";
import { projectOf } from "../engine/urn.ts";
import { configurationOf } from "../resources/configuration.ts";
import { FUNCTION_TYPES, subjectOf } from "../resources/lambda.ts";
import type { Session } from "../session.ts";
import { judgeResource } from "./codeRule.ts";
import { type Finding, notice } from "./finding.ts";
import { createRule, type RuleContext } from "./rule.ts";
import { unknownFinding } from "./unknown.ts";

export function lambdaNoCodeInjection(session: Session): ReturnType<typeof createRule> {
  return createRule({
    name: "lambda-no-code-injection",
    displayName: "Lambda environment variables inject no code",
    description:
      "No environment variable makes a Lambda function load or start code that nobody signed, unless its value is sealed or allowed.",
    severity: "critical",
    remediationSteps:
      "Remove the variable; or seal its value (`fnseal sign PATH --seal-config --config FILE --seal-key awskms:///KEY`); or name it with its value in `allowedEnvironment` of the trust policy.",
    types: FUNCTION_TYPES,
    validate: (context) => judge(context, session),
  });
}

async function judge(context: RuleContext, session: Session): Promise<Finding[]> {
  const { args, raw, provider } = context;
  const ready = session.ready(projectOf(args.urn));
  const { policy } = ready.config;
  const { target } = subjectOf(args.type, raw, provider);
  const { environment } = configurationOf(args.type, raw);
  const judged = (isSealed: boolean) => judgeInjection({ target, environment, isSealed }, policy, new Date());
  let verdict = judged(false);
  // Whether its value was sealed says the signature of the code, which is read again only for these few.
  if (!passes(verdict) && policy.sealKeys.length > 0) verdict = judged(await isSealed(context, session));
  if (passes(verdict))
    return verdict.notices.map(({ code, message }) => notice(code, `environment: ${message}`));
  if (verdict.code === "configuration-unknown") {
    return [unknownFinding(verdict.code, verdict.reason, ready)];
  }
  return [{ level: "violation", text: describeVerdict(verdict, { subject: "environment" }) }];
}

async function isSealed(context: RuleContext, session: Session): Promise<boolean> {
  const verdicts: Verdict[] = [];
  await judgeResource({ ...context, session, onVerdict: (verdict) => verdicts.push(verdict) });
  return (
    verdicts.length > 0 &&
    verdicts.every((verdict) => verdict.status === "verified" && verdict.sealsValues === true)
  );
}
