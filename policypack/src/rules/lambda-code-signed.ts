import { FUNCTION_TYPES } from "../resources/lambda.ts";
import type { Session } from "../session.ts";
import { checkKeptCode } from "../resources/keptCode.ts";
import { checkObjectVersion } from "../resources/objectVersion.ts";
import { judgeResource } from "./codeRule.ts";
import { createRule } from "./rule.ts";

export function lambdaCodeSigned(session: Session): ReturnType<typeof createRule> {
  return createRule({
    name: "lambda-code-signed",
    displayName: "Lambda code is signed",
    description: "A Lambda function's code has a signature that the trust policy asks for.",
    severity: "critical",
    remediationSteps:
      "Build the code, review it and sign it: `fnseal sign PATH --function NAME`. Keep the bundle beside the artifact or in a bundles folder.",
    types: FUNCTION_TYPES,
    validate: (context) => judgeResource({ ...context, session }),
    validateInStack: (resource, stack) => [
      ...checkObjectVersion(resource, stack),
      ...checkKeptCode(resource, session),
    ],
  });
}
